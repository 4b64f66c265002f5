import type { Host } from './host.ts';
import type { Wiring } from './wiring.ts';

/** What every command is built with. */
export interface App {
  readonly host: Host;
  readonly wiring: Wiring;
  /** Turns what a command does, which ends in an exit code, into an action of commander. */
  action<Arguments extends unknown[]>(
    run: (...given: Arguments) => Promise<number>,
  ): (...given: Arguments) => Promise<void>;
}
