import { Command, Option } from 'commander';
import { runStandings } from '../../core/run/run-history.ts';
import type { App } from '../app.ts';
import { EXIT } from '../exit-codes.ts';
import { examples } from '../options/examples.ts';
import { wholeNumber } from '../options/parse-number.ts';
import { addRunStoreOption, type RunStoreOptions } from '../options/setup-options.ts';
import { jsonLine } from '../output/json-line.ts';
import { runTableHead, runTableRow, shownRun } from '../output/run-table.ts';
import { usingScreen } from '../output/screen.ts';
import type { KeptRunsWiring } from '../runs/kept-runs.ts';
import { openKeptRuns } from '../runs/kept-runs.ts';

interface Options extends RunStoreOptions {
  readonly aws?: string;
  readonly limit?: number;
  readonly all?: boolean;
  readonly json?: boolean;
}

/** Default number of runs to list: one screen. */
const LISTED = 20;

/** `runs list`: lists stored runs, newest first, with the number of tenants that remain to retry. */
export function runsList(app: App<KeptRunsWiring>): Command {
  const command = new Command('list')
    .summary('list stored runs, newest first')
    .description(
      'Lists stored runs, newest first, with their tenants, the failed tenants, and the tenants that still need a retry. A tenant that a later run migrated no longer needs one. Runs that ended before they listed their tenants are left out.',
    )
    .addOption(
      new Option('--limit <n>', `number of runs (default: ${LISTED})`).argParser(wholeNumber(1)),
    )
    .option('--all', 'list all runs')
    .option('--json', 'print one run per line as JSON');
  return addRunStoreOption(command)
    .addOption(new Option('--aws <stack>', 'list runs of this stack (the newest 100)'))
    .addHelpText(
      'after',
      examples('fanfold runs list', 'fanfold runs list --all', 'fanfold runs list --aws Fanfold'),
    )
    .action(
      app.action((options: Options) =>
        usingScreen(app.host, async (screen) => {
          const { json = false, all = false, limit = LISTED, aws } = options;
          const { history } = await openKeptRuns(app, options);
          const flags = aws === undefined ? '' : ` --aws ${aws}`;
          let count = 0;
          let hasMore = false;
          for await (const standing of runStandings(history)) {
            if (!all && count === limit) {
              hasMore = true;
              break;
            }
            if (json) screen.print([jsonLine({ type: 'run', ...shownRun(standing) })]);
            else {
              if (count === 0) screen.print(runTableHead(screen.out));
              screen.print([runTableRow(standing, screen.out)]);
            }
            count += 1;
          }
          if (count === 0) screen.note(['There are no runs yet. See `fanfold --help`.']);
          if (hasMore) screen.note([`There are older runs: \`fanfold runs list --all${flags}\``]);
          return EXIT.ok;
        }),
      ),
    );
}
