import { Command, Option } from 'commander';
import type { App } from '../app.ts';
import { examples } from '../options/examples.ts';
import { wholeNumber } from '../options/parse-number.ts';
import { addRunStoreOption, type RunStoreOptions } from '../options/setup-options.ts';
import type { RunsWiring } from '../wiring/wire-runs.ts';

interface ResumeOptions extends RunStoreOptions {
  readonly pace?: number;
}

/** `pause [run]`: holds the backfills of a run in another process. */
export function pause(app: App<RunsWiring>): Command {
  const command = new Command('pause')
    .description(
      'Holds the backfills of a run in another process on this machine: each stops after its batch, and releases its tenant. Schema changes in progress continue. On AWS: stop, and migrate:retry.',
    )
    .argument('[run]', 'id of the run, or "last"', 'last');
  return addRunStoreOption(command)
    .addHelpText('after', examples('fanfold pause', 'fanfold pause 2026-12-01T10-00-00-1a2b'))
    .action(
      app.action(async (run: string, options: RunStoreOptions) => {
        const { controlRun } = await import('../runs/control-run.ts');
        return controlRun(app, run, options, {
          wish: { isPaused: true },
          said: (id) => `⏸️ The backfills of run ${id} stop after their batches.`,
        });
      }),
    );
}

/** `resume [run]`: lets the backfills of a run go on, at a pace. */
export function resume(app: App<RunsWiring>): Command {
  const command = new Command('resume')
    .description(
      'Continues the backfills of a run in another process on this machine after a pause, or changes their pace.',
    )
    .argument('[run]', 'id of the run, or "last"', 'last')
    .addOption(
      new Option(
        '--pace <percent>',
        'share of the time in which batches run, 1 to 100 (default: 50)',
      ).argParser(wholeNumber(1, 100)),
    );
  return addRunStoreOption(command)
    .addHelpText('after', examples('fanfold resume', 'fanfold resume last --pace 10'))
    .action(
      app.action(async (run: string, options: ResumeOptions) => {
        const { controlRun } = await import('../runs/control-run.ts');
        const { pace } = options;
        return controlRun(app, run, options, {
          wish: { isPaused: false, ...(pace !== undefined && { pace: pace / 100 }) },
          said: (id) =>
            `▶️ The backfills of run ${id} continue${pace === undefined ? '' : ` at ${pace}% of the time`}.`,
        });
      }),
    );
}
