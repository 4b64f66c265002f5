import type { ChaosServer } from '../../chaos/differential/chaos-server.ts';

/** An example of `examples/`, installed from the packed tarball, and a server to try it on. */
export interface InstalledExample {
  /** The folder of the project, with its packages. */
  readonly project: string;
  readonly server: ChaosServer;
  /** Environment of its commands: an empty central database, a key and an administrator. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Runs a command by a shell in the project; throws, with what it printed, if it fails. */
  run(command: string, env?: Readonly<Record<string, string | undefined>>): Promise<string>;
}

/** Throws what was expected, with what there was instead. */
export function expectThat(holds: boolean, expected: string, found: unknown): void {
  if (holds) return;
  const shown = typeof found === 'string' ? found : JSON.stringify(found);
  throw new Error(`Expected ${expected}, and found: ${shown}`);
}
