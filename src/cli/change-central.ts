import type { App } from './app.ts';
import { EXIT } from './exit-codes.ts';
import { usingInterruption } from './interruption.ts';
import { printable } from './output/printable.ts';
import { usingScreen } from './output/screen.ts';

/** A change of the central database, and how it is told. */
export interface CentralChange {
  readonly start: string;
  /** Resolves to the names of the migrations that were run or rolled back. */
  readonly change: () => Promise<readonly string[]>;
  readonly done: (count: number) => string;
  readonly nothing: string;
}

/**
 * Changes the central database and tells what was done. The first Ctrl-C waits for the end of it: a
 * migration that is killed in the middle would leave Knex's lock behind.
 */
export async function changeCentral({ host, wiring }: App, told: CentralChange): Promise<number> {
  const whenLeft =
    "A statement may go on in the server, and Knex's lock may be left behind: see its table fanfold_migrations_lock.";
  return usingScreen(host, (screen) =>
    usingInterruption({ host, screen, wiring, whenLeft }, async (signal) => {
      screen.print([told.start]);
      const names = await told.change();
      screen.print(
        names.length === 0
          ? [told.nothing]
          : [told.done(names.length), ...names.map((name) => `- ${printable(name)}`)],
      );
      return signal.aborted ? EXIT.interrupted : EXIT.ok;
    }),
  );
}
