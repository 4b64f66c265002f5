import { Command } from 'commander';
import type { App } from '../app.ts';
import {
  addMaxConcurrencyOption,
  addRequiredAwsOption,
  type RequiredAwsOptions,
} from '../options/aws-options.ts';
import { examples } from '../options/examples.ts';
import type { RemoteWiring } from '../wiring/wire-remote.ts';

interface Options extends RequiredAwsOptions {
  readonly maxConcurrency: number;
}

/** `throttle <run> --max-concurrency <n> --aws <stack>`: slows down or speeds up a run on AWS. */
export function throttle(app: App<RemoteWiring>): Command {
  const command = new Command('throttle')
    .description(
      'Changes how many tenants the current round migrates at a time. Migrations in progress continue.',
    )
    .argument('[run]', 'name or ARN of the execution, or "last"');
  addMaxConcurrencyOption(addRequiredAwsOption(command));
  return command
    .addHelpText(
      'after',
      examples(
        'fanfold throttle last --max-concurrency 5 --aws Fanfold',
        'fanfold throttle last --max-concurrency 200 --aws Fanfold',
      ),
    )
    .action(
      app.action(async (name: string | undefined, options: Options) => {
        const { throttleRemotely } = await import('../remote/throttle-remotely.ts');
        return throttleRemotely(app, name, options);
      }),
    );
}
