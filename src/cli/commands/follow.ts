import { Command } from 'commander';
import { formatCount } from '../../core/wording/format-count.ts';
import type { App } from '../app.ts';
import { addRequiredAwsOption, type RequiredAwsOptions } from '../options/aws-options.ts';
import { examples } from '../options/examples.ts';
import {
  addJunitOption,
  addOutputOptions,
  type JunitOptions,
  type OutputOptions,
} from '../options/setup-options.ts';
import type { ProcessWiring } from '../wiring/wire-process.ts';
import type { RemoteWiring } from '../wiring/wire-remote.ts';

interface Options extends OutputOptions, JunitOptions, RequiredAwsOptions {}

/** `follow <run> --aws <stack>`: shows a run on AWS until it ends. */
export function follow(app: App<ProcessWiring & RemoteWiring>): Command {
  const command = new Command('follow')
    .description(
      'Follows a run on AWS until it ends, prints its summary and exits with its exit code. Works for a run that has ended, too. Ctrl-C stops following; the run continues.',
    )
    .argument('[run]', 'name or ARN of the execution, or "last"');
  addRequiredAwsOption(addJunitOption(addOutputOptions(command)));
  return command
    .addHelpText(
      'after',
      examples(
        'fanfold follow last --aws Fanfold',
        'fanfold follow 20261127-093012-4f2a1c --aws Fanfold --json',
      ),
    )
    .action(
      app.action(async (name: string | undefined, options: Options) => {
        const { findRemoteRun } = await import('../remote/find-remote-run.ts');
        const { isUnderWay } = await import('../remote/follow-run.ts');
        const { followRemotely } = await import('../remote/run-remotely.ts');
        return followRemotely(app, options, {
          stack: options.aws,
          begin: async (remote) => {
            const run = await findRemoteRun(remote, name, { command: 'follow' });
            return { run, isOver: !isUnderWay(run) };
          },
          wording: {
            found: (total) => `📋 Found ${formatCount(total)} tenant(s)`,
            none: 'No tenant was ACTIVE, so there was nothing to do.',
            success: '🎉 All tenant migrations completed successfully!',
          },
        });
      }),
    );
}
