import type { Host } from './process/host.ts';

/** The dependencies of a command; `Needs` are the groups of the wiring that it uses. */
export interface App<Needs = unknown> {
  readonly host: Host;
  readonly wiring: Needs;
  /** Turns a function that resolves to an exit code into an action of commander. */
  action<Arguments extends unknown[]>(
    run: (...given: Arguments) => Promise<number>,
  ): (...given: Arguments) => Promise<void>;
}
