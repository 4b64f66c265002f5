import type { App } from './app.ts';
import { EXIT } from './exit-codes.ts';
import { usingInterruption } from './interruption.ts';
import { printable } from './output/printable.ts';
import { usingScreen } from './output/screen.ts';
import type { ProcessWiring } from './wiring/wire-process.ts';

/** A change of the central database, and its messages. */
export interface CentralChange {
  readonly start: string;
  /** Resolves to the names of the migrations that ran or were rolled back. */
  readonly change: () => Promise<readonly string[]>;
  readonly done: (count: number) => string;
  readonly nothing: string;
}

/**
 * Changes the central database and prints the result. The first Ctrl-C waits until it has finished, because
 * killing a migration would leave Knex's lock set.
 */
export async function changeCentral(
  { host, wiring }: App<ProcessWiring>,
  change: CentralChange,
): Promise<number> {
  const whenLeft =
    "A statement may still run in the server, and Knex's lock may still be set: see the table fanfold_migrations_lock.";
  return usingScreen(host, (screen) =>
    usingInterruption({ host, screen, wiring, whenLeft }, async (signal) => {
      screen.print([change.start]);
      const names = await change.change();
      screen.print(
        names.length === 0
          ? [change.nothing]
          : [change.done(names.length), ...names.map((name) => `- ${printable(name)}`)],
      );
      return signal.aborted ? EXIT.interrupted : EXIT.ok;
    }),
  );
}
