import { Command, Option } from 'commander';
import { groupFinder } from '../../core/reduce/cause-of-failure.ts';
import { causeNumbered, type RunStanding } from '../../core/reduce/run-standing.ts';
import { runStandings } from '../../core/run/run-history.ts';
import type { App } from '../app.ts';
import { EXIT } from '../exit-codes.ts';
import { type KeptRuns, openKeptRuns } from '../kept-runs.ts';
import { namedRun } from '../named-run.ts';
import { examples } from '../options/examples.ts';
import { addCauseOption } from '../options/of-options.ts';
import { addRunStoreOption, type RunStoreOptions } from '../options/setup-options.ts';
import { jsonLine } from '../output/json-line.ts';
import { causeHeading, leftTenantLines, runLines } from '../output/run-lines.ts';
import { shownRun } from '../output/run-table.ts';
import { type Screen, usingScreen } from '../output/screen.ts';

interface Options extends RunStoreOptions {
  readonly aws?: string;
  readonly cause?: number;
  readonly tenants?: boolean;
  readonly json?: boolean;
}

/** `runs show <run>`: what a run came to: counts, causes, and every tenant that it leaves. */
export function runsShow(app: App): Command {
  const command = new Command('show')
    .summary('what a run came to: its causes, and the tenants that it leaves')
    .description(
      'Shows what a run came to, and how it stands today: its causes under the numbers that --cause takes, what to do about each, and what it still leaves. With --cause or --tenants every tenant is listed.',
    )
    .argument('[run]', 'id of the run, or "last": the newest that leaves something', 'last');
  addCauseOption(command)
    .option('--tenants', 'every tenant that it leaves, by cause')
    .option('--json', 'the run, and with --cause or --tenants each tenant, as JSON a line');
  return addRunStoreOption(command)
    .addOption(new Option('--aws <stack>', 'a run of this stack'))
    .addHelpText(
      'after',
      examples(
        'fanfold runs show last',
        'fanfold runs show 20261127-093012-4f2a1c --cause 2',
        'fanfold runs show last --tenants --json | jq -r .tenant.slug',
        'fanfold runs show last --aws Fanfold',
      ),
    )
    .action(
      app.action((name: string, options: Options) =>
        usingScreen(app.host, (screen) => show(app, name, options, screen)),
      ),
    );
}

async function show(app: App, name: string, options: Options, screen: Screen): Promise<number> {
  const { cause: number, tenants = false, json = false } = options;
  const kept = await openKeptRuns(app, options);
  const standing = await shownStanding(kept, name, screen);
  const { record, causes } = standing;
  const cause = number === undefined ? undefined : causeNumbered(causes, number, record.id);
  const shown = cause === undefined ? causes : [cause];
  if (json) {
    const rest = { causes: shown, location: kept.location(record.id) };
    screen.print([jsonLine({ type: 'run', ...shownRun(standing), ...rest })]);
  } else {
    screen.print(runLines(standing, cause, kept, screen.out, tenants));
  }
  if (!tenants && cause === undefined) return EXIT.ok;
  const causeOf = groupFinder(causes);
  const list = async (of: (typeof causes)[number] | undefined, isRest: boolean) => {
    for await (const left of standing.tenants(of)) {
      const { outcome } = left;
      const failure = outcome?.status === 'failed' ? outcome.failure : undefined;
      const ofCause = failure && causeOf(failure)?.number;
      if (isRest && ofCause !== undefined) continue;
      if (json) {
        const tenant = outcome?.tenant ?? { id: left.id };
        const { code, message } = failure ?? {};
        const status = outcome?.status ?? 'not reached';
        screen.print([jsonLine({ type: 'tenant', tenant, status, cause: ofCause, code, message })]);
      } else screen.print(leftTenantLines(left, of, screen.out));
    }
  };
  for (const each of shown) {
    if (!json) screen.print(causeHeading(each, screen.out));
    await list(each, false);
  }
  if (cause === undefined) {
    const rest = standing.left - causes.reduce((sum, { left }) => sum + left, 0);
    if (rest > 0) {
      if (!json)
        screen.print(['', screen.out.palette.strong('Not reached, or of no numbered cause:')]);
      await list(undefined, true);
    }
  }
  return EXIT.ok;
}

/** To look at a run it need not leave anything: `last` is then the newest, and that is said. */
async function shownStanding(kept: KeptRuns, name: string, screen: Screen): Promise<RunStanding> {
  try {
    return await namedRun(kept, name);
  } catch (error) {
    if (name !== 'last') throw error;
    for await (const newest of runStandings(kept.history)) {
      screen.note(['No run leaves anything. This is the newest:']);
      return newest;
    }
    throw error;
  }
}
