import { Command, Option } from 'commander';
import { groupFinder } from '../../core/reduce/cause-of-failure.ts';
import { causeNumbered, type RunStanding } from '../../core/reduce/run-standing.ts';
import { runStandings } from '../../core/run/run-history.ts';
import type { App } from '../app.ts';
import { EXIT } from '../exit-codes.ts';
import { examples } from '../options/examples.ts';
import { addCauseOption } from '../options/of-options.ts';
import { addRunStoreOption, type RunStoreOptions } from '../options/setup-options.ts';
import { jsonLine } from '../output/json-line.ts';
import { rolloutLines } from '../output/rollout-lines.ts';
import { causeHeading, leftTenantLines, runLines } from '../output/run-lines.ts';
import { shownRun } from '../output/run-table.ts';
import { type Screen, usingScreen } from '../output/screen.ts';
import type { KeptRunsWiring } from '../runs/kept-runs.ts';
import { type KeptRuns, openKeptRuns } from '../runs/kept-runs.ts';
import { namedRun } from '../runs/named-run.ts';

interface Options extends RunStoreOptions {
  readonly aws?: string;
  readonly cause?: number;
  readonly tenants?: boolean;
  readonly json?: boolean;
}

/** `runs show <run>`: shows the result of a run, its causes of failure and the tenants to retry. */
export function runsShow(app: App<KeptRunsWiring>): Command {
  const command = new Command('show')
    .summary('show a run: causes of failure and tenants to retry')
    .description(
      'Shows the result of a run and the tenants that still need a retry, grouped by cause: the number of each cause, which other commands take as --cause, and what to do about it. With --cause or --tenants it lists every tenant.',
    )
    .argument('[run]', 'id of the run, or "last" for the newest with tenants to retry', 'last');
  addCauseOption(command)
    .option('--tenants', 'list every tenant to retry, by cause')
    .option('--json', 'print the run as JSON, and listed tenants one per line');
  return addRunStoreOption(command)
    .addOption(new Option('--aws <stack>', 'show a run of this stack'))
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

async function show(
  app: App<KeptRunsWiring>,
  name: string,
  options: Options,
  screen: Screen,
): Promise<number> {
  const { cause: number, tenants = false, json = false } = options;
  const kept = await openKeptRuns(app, options);
  const standing = await shownStanding(kept, name, screen);
  const { record, causes } = standing;
  const cause = number === undefined ? undefined : causeNumbered(causes, number, record.id);
  const rollout = await kept.readRollout(record.id);
  const shown = cause === undefined ? causes : [cause];
  if (json) {
    const rest = { causes: shown, location: kept.location(record.id) };
    screen.print([jsonLine({ type: 'run', ...shownRun(standing), ...rest, rollout })]);
  } else {
    screen.print(runLines(standing, cause, kept, screen.out, tenants));
    screen.print(rolloutLines(rollout, standing.state.status, screen.out));
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
        screen.print(['', screen.out.palette.strong('Not reached, or without a numbered cause:')]);
      await list(undefined, true);
    }
  }
  return EXIT.ok;
}

/** A run without tenants to retry can be shown too: `last` then means the newest run, with a note. */
async function shownStanding(kept: KeptRuns, name: string, screen: Screen): Promise<RunStanding> {
  try {
    return await namedRun(kept, name);
  } catch (error) {
    if (name !== 'last') throw error;
    for await (const newest of runStandings(kept.history)) {
      screen.note(['No run has tenants to retry. This is the newest run:']);
      return newest;
    }
    throw error;
  }
}
