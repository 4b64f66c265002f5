import { Command } from 'commander';
import { formatCount } from '../../core/wording/format-count.ts';
import type { App } from '../app.ts';
import { findRun } from '../find-run.ts';
import {
  type AwsOptions,
  addAwsOption,
  addRedriveOption,
  awsRequest,
  checkRedrive,
  refuseLocalOptions,
} from '../options/aws-options.ts';
import { examples } from '../options/examples.ts';
import {
  addFleetOptions,
  addMigrateOptions,
  explicitRequest,
  type RunOptions,
} from '../options/run-options.ts';
import { addRunSetupOptions } from '../options/setup-options.ts';
import { printable } from '../output/printable.ts';
import type { TenantRunOptions } from '../run-tenants.ts';

interface Options extends RunOptions, TenantRunOptions, AwsOptions {
  readonly redrive?: boolean;
}

const WORDING = {
  found: (total: number) => `📋 Found ${formatCount(total)} tenant(s) to do`,
  none: 'Nothing is left to do.',
  success: '🎉 All tenant migrations completed successfully!',
};

/** `migrate:retry <run>`: does what an earlier run left. */
export function migrateRetry(app: App): Command {
  const command = new Command('migrate:retry')
    .summary('do what an earlier run left')
    .description(
      "Migrates the tenants that an earlier run left: those that failed, and those that it did not come to, also if it was killed. The earlier run's options apply, unless they are given anew.",
    )
    .argument('[run]', 'id of the run, or "last"');
  addFleetOptions(command);
  addMigrateOptions(command);
  addRedriveOption(addAwsOption(addRunSetupOptions(command)));
  return command
    .addHelpText(
      'after',
      examples(
        'npm run migrate:retry last',
        'npm run migrate:retry 20261127-093012-4f2a1c',
        'npm run migrate:retry last -- --concurrency 2',
        'fanfold migrate:retry last --aws Fanfold --redrive',
      ),
    )
    .action(
      app.action(async (name: string | undefined, options: Options) => {
        const { aws, redrive } = options;
        const request = { ...explicitRequest(options), ...awsRequest(options) };
        if (redrive === true) checkRedrive(command, aws);
        if (aws !== undefined) {
          refuseLocalOptions(command);
          const { retryRemotely } = await import('../remote/retry-remotely.ts');
          return retryRemotely(app, name, { ...options, aws }, { request, wording: WORDING });
        }
        const run = await findRun(await app.wiring.runStore(options), name);
        const { runTenants } = await import('../run-tenants.ts');
        // Brings the schemas, for which --help should not wait.
        const { inheritRequest } = await import('../../core/list/inherit-request.ts');
        return runTenants(app, command, options, {
          request: inheritRequest(run.request, run.id, request),
          start: `🚀 Retrying what run ${printable(run.id)} left...`,
          wording: WORDING,
        });
      }),
    );
}
