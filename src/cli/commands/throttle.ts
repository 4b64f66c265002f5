import { Command } from 'commander';
import { formatCount } from '../../core/wording/format-count.ts';
import type { App } from '../app.ts';
import { addMaxConcurrencyOption } from '../options/aws-options.ts';
import { examples } from '../options/examples.ts';
import { addRunPlaceOptions, type RunPlaceOptions } from '../options/run-place-options.ts';
import type { RemoteWiring } from '../wiring/wire-remote.ts';
import type { RunsWiring } from '../wiring/wire-runs.ts';

interface Options extends RunPlaceOptions {
  readonly maxConcurrency: number;
}

/** `throttle [run] --max-concurrency <n>`: slows down or speeds up a run in another process, or on AWS. */
export function throttle(app: App<RunsWiring & RemoteWiring>): Command {
  const command = new Command('throttle')
    .description(
      'Changes how many tenants a run in another process on this machine migrates at a time, or the current round of one on AWS. Migrations in progress continue.',
    )
    .argument('[run]', 'id of the run, name or ARN of the execution, or "last"');
  addRunPlaceOptions(addMaxConcurrencyOption(command));
  return command
    .addHelpText(
      'after',
      examples(
        'fanfold throttle last --max-concurrency 2',
        'fanfold throttle last --max-concurrency 5 --aws Fanfold',
        'fanfold throttle last --max-concurrency 200 --aws Fanfold',
      ),
    )
    .action(
      app.action(async (name: string | undefined, { aws, maxConcurrency, ...options }: Options) => {
        if (aws !== undefined) {
          const { throttleRemotely } = await import('../remote/throttle-remotely.ts');
          return throttleRemotely(app, name, { aws, maxConcurrency });
        }
        const { controlRun } = await import('../runs/control-run.ts');
        return controlRun(app, name ?? 'last', options, {
          wish: { maxConcurrency },
          said: (id) => `🐢 Run ${id}: at most ${formatCount(maxConcurrency)} tenant(s) at a time`,
          whenOver: 'Only a run in progress can be slowed down or sped up.',
        });
      }),
    );
}
