import { Command, Option } from 'commander';
import { runStandings } from '../../core/run/run-history.ts';
import type { App } from '../app.ts';
import { EXIT } from '../exit-codes.ts';
import { openKeptRuns } from '../kept-runs.ts';
import { examples } from '../options/examples.ts';
import { wholeNumber } from '../options/parse-number.ts';
import { addRunStoreOption, type RunStoreOptions } from '../options/setup-options.ts';
import { jsonLine } from '../output/json-line.ts';
import { runTableHead, runTableRow, shownRun } from '../output/run-table.ts';
import { usingScreen } from '../output/screen.ts';

interface Options extends RunStoreOptions {
  readonly aws?: string;
  readonly limit?: number;
  readonly all?: boolean;
  readonly json?: boolean;
}

/** Runs that are listed if nothing is said: a screen of them. */
const LISTED = 20;

/** `runs list`: the runs that are kept, the newest first, and what each still leaves. */
export function runsList(app: App): Command {
  const command = new Command('list')
    .summary('the runs that are kept, the newest first')
    .description(
      'Lists runs, the newest first: tenants, how many of them failed, and how many the run still leaves. What a later run has done is not left. Runs that ended before they had listed their tenants are not shown.',
    )
    .addOption(new Option('--limit <n>', `how many (default: ${LISTED})`).argParser(wholeNumber(1)))
    .option('--all', 'all of them')
    .option('--json', 'one run as JSON a line');
  return addRunStoreOption(command)
    .addOption(new Option('--aws <stack>', 'the runs of this stack (its newest 100)'))
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
          if (hasMore) screen.note([`There are older ones: \`fanfold runs list --all${flags}\``]);
          return EXIT.ok;
        }),
      ),
    );
}
