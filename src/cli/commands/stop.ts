import { Command } from 'commander';
import type { App } from '../app.ts';
import { addRequiredAwsOption, type RequiredAwsOptions } from '../options/aws-options.ts';
import { examples } from '../options/examples.ts';
import { addOutputOptions, type OutputOptions } from '../options/setup-options.ts';
import type { ProcessWiring } from '../wiring/wire-process.ts';
import type { RemoteWiring } from '../wiring/wire-remote.ts';

interface Options extends OutputOptions, RequiredAwsOptions {}

/** `stop <run> --aws <stack>`: stops a run on AWS. */
export function stop(app: App<ProcessWiring & RemoteWiring>): Command {
  const command = new Command('stop')
    .description(
      'Stops the execution, waits until it ends and writes its summary. A migration in progress continues until its function ends; its tenant counts as unknown until the next run.',
    )
    .argument('[run]', 'name or ARN of the execution, or "last"');
  addRequiredAwsOption(addOutputOptions(command));
  return command
    .addHelpText(
      'after',
      examples(
        'fanfold stop last --aws Fanfold',
        'fanfold stop 20261127-093012-4f2a1c --aws Fanfold',
      ),
    )
    .action(
      app.action(async (name: string | undefined, options: Options) => {
        const { stopRemotely } = await import('../remote/stop-remotely.ts');
        return stopRemotely(app, name, options);
      }),
    );
}
