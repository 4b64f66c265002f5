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

interface Options extends OutputOptions, JunitOptions, RequiredAwsOptions {}

/** `follow <run> --aws <stack>`: shows a run on AWS to its end. */
export function follow(app: App): Command {
  const command = new Command('follow')
    .summary('show a run on AWS to its end')
    .description(
      'Follows a run that goes on in AWS and ends with its summary and its exit code, also of one that is over. Ctrl-C ends only the following.',
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
