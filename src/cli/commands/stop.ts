import { Command } from 'commander';
import type { App } from '../app.ts';
import { addRequiredAwsOption, type RequiredAwsOptions } from '../options/aws-options.ts';
import { examples } from '../options/examples.ts';
import { addOutputOptions, type OutputOptions } from '../options/setup-options.ts';

interface Options extends OutputOptions, RequiredAwsOptions {}

/** `stop <run> --aws <stack>`: ends a run on AWS. */
export function stop(app: App): Command {
  const command = new Command('stop')
    .summary('end a run on AWS')
    .description(
      'Stops the execution, waits for its end and has its summary made. A migration that is under way goes on to the end of its function; its tenant counts as unknown until it is looked at again.',
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
