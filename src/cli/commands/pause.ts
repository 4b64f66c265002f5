import { Command, Option } from 'commander';
import type { App } from '../app.ts';
import { examples } from '../options/examples.ts';
import { wholeNumber } from '../options/parse-number.ts';
import { addRunPlaceOptions, type RunPlaceOptions } from '../options/run-place-options.ts';
import type { WishedControl } from '../remote/control-remotely.ts';
import type { RemoteWiring } from '../wiring/wire-remote.ts';
import type { RunsWiring } from '../wiring/wire-runs.ts';

interface ResumeOptions extends RunPlaceOptions {
  readonly pace?: number;
}

type ControlApp = App<RunsWiring & RemoteWiring>;

/** `pause [run]`: holds the backfills of a run in another process, or on AWS. */
export function pause(app: ControlApp): Command {
  const command = new Command('pause')
    .description(
      'Holds the backfills of a run in another process on this machine, or on AWS: each stops after its batch, and releases its tenant. Schema changes in progress continue.',
    )
    .argument('[run]', 'id of the run, or "last"', 'last');
  return addRunPlaceOptions(command)
    .addHelpText(
      'after',
      examples(
        'fanfold pause',
        'fanfold pause 2026-12-01T10-00-00-1a2b',
        'fanfold pause last --aws Fanfold',
      ),
    )
    .action(
      app.action((run: string, options: RunPlaceOptions) =>
        control(app, run, options, {
          command: 'pause',
          wish: { isPaused: true },
          said: (id) => `⏸️ The backfills of run ${id} stop after their batches.`,
        }),
      ),
    );
}

/** `resume [run]`: lets the backfills of a run go on, at a pace. */
export function resume(app: ControlApp): Command {
  const command = new Command('resume')
    .description(
      'Continues the backfills of a run in another process on this machine, or on AWS, after a pause, or changes their pace.',
    )
    .argument('[run]', 'id of the run, or "last"', 'last')
    .addOption(
      new Option(
        '--pace <percent>',
        'share of the time in which batches run, 1 to 100 (default: 50)',
      ).argParser(wholeNumber(1, 100)),
    );
  return addRunPlaceOptions(command)
    .addHelpText(
      'after',
      examples(
        'fanfold resume',
        'fanfold resume last --pace 10',
        'fanfold resume last --pace 10 --aws Fanfold',
      ),
    )
    .action(
      app.action((run: string, options: ResumeOptions) => {
        const { pace } = options;
        return control(app, run, options, {
          command: 'resume',
          wish: { isPaused: false, ...(pace !== undefined && { pace: pace / 100 }) },
          said: (id) =>
            `▶️ The backfills of run ${id} continue${pace === undefined ? '' : ` at ${pace}% of the time`}.`,
        });
      }),
    );
}

async function control(
  app: ControlApp,
  run: string,
  { aws, ...options }: RunPlaceOptions,
  wished: WishedControl,
): Promise<number> {
  if (aws !== undefined) {
    const { controlRemotely } = await import('../remote/control-remotely.ts');
    return controlRemotely(app, run, aws, wished);
  }
  const { controlRun } = await import('../runs/control-run.ts');
  const { takesBackfills } = await import('../../core/backfill/pass-of-run.ts');
  const { hasNoBackfills } = await import('../runs/has-no-backfills.ts');
  return controlRun(app, run, options, {
    ...wished,
    check: (record) => {
      if (!takesBackfills(record.request)) throw hasNoBackfills(record.id);
    },
    whenOver: 'Continue its backfills with: `fanfold migrate:backfills`',
  });
}
