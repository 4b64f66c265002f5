import { Command, Option } from 'commander';
import { FanfoldError } from '../../core/errors.ts';
import { standingOf, widerLeaving } from '../../core/run/run-history.ts';
import type { RunStore } from '../../core/run-store.ts';
import { commandSpan } from '../../core/wording/command-span.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import type { App } from '../app.ts';
import {
  type AwsOptions,
  addAwsOption,
  addRedriveOption,
  awsRequest,
  checkRedrive,
  refuseLocalOptions,
} from '../options/aws-options.ts';
import { examples } from '../options/examples.ts';
import { addNotifyOptions } from '../options/notify-options.ts';
import { addCauseOption } from '../options/of-options.ts';
import { addRolloutOptions } from '../options/rollout-options.ts';
import {
  addFleetOptions,
  addMigrateOptions,
  explicitRequest,
  type RunOptions,
} from '../options/run-options.ts';
import { addRunSetupOptions } from '../options/setup-options.ts';
import { printable } from '../output/printable.ts';
import { usingScreen } from '../output/screen.ts';
import { findRun } from '../runs/find-run.ts';
import { localHistory } from '../runs/kept-runs.ts';
import type { TenantRunOptions } from '../runs/run-tenants.ts';
import type { StartRunWiring } from '../runs/start-run.ts';

interface Options extends RunOptions, TenantRunOptions, AwsOptions {
  readonly redrive?: boolean;
  readonly of?: string;
  readonly cause?: number;
}

const WORDING = {
  found: (total: number) => `📋 Found ${formatCount(total)} tenant(s) to retry`,
  none: 'No tenant is left to retry.',
  success: '🎉 All tenant migrations completed successfully!',
};

/** `migrate:retry <run>`: migrates the tenants that failed or were not reached in an earlier run. */
export function migrateRetry(app: App<StartRunWiring>): Command {
  const command = new Command('migrate:retry')
    .description(
      'Migrates the tenants that failed or were not reached in an earlier run, even if that run was killed. The options of the earlier run apply unless they are given again.',
    )
    .argument('[run]', 'id of the run, or "last" for the newest with tenants to retry')
    .addOption(new Option('--of <run>', 'same as the argument, as other commands take it'));
  addCauseOption(command);
  addFleetOptions(command);
  addRolloutOptions(command);
  addMigrateOptions(command);
  addRedriveOption(addAwsOption(addNotifyOptions(addRunSetupOptions(command))));
  return command
    .addHelpText(
      'after',
      examples(
        'fanfold migrate:retry last',
        'fanfold migrate:retry 20261127-093012-4f2a1c',
        'fanfold migrate:retry --of last --cause 2',
        'fanfold migrate:retry last --concurrency 2',
        'fanfold migrate:retry last --aws Fanfold --redrive',
      ),
    )
    .action(
      app.action(async (argument: string | undefined, options: Options) => {
        const { aws, redrive, cause } = options;
        const name = nameOf(argument, options.of);
        const request = {
          ...explicitRequest(options),
          ...awsRequest(options),
          ...(cause !== undefined && { cause }),
        };
        if (redrive === true) checkRedrive(command, aws);
        if (aws !== undefined) {
          refuseLocalOptions(command);
          const { retryRemotely } = await import('../remote/retry-remotely.ts');
          return retryRemotely(app, name, { ...options, aws }, { request, wording: WORDING });
        }
        const store = await app.wiring.runStore(options);
        const run = await findRun(store, name);
        const part = cause === undefined ? '' : `cause ${cause} of `;
        const { runTenants } = await import('../runs/run-tenants.ts');
        // Loads the schemas, for which --help should not wait.
        const { inheritRequest } = await import('../../core/list/inherit-request.ts');
        const exitCode = await runTenants(app, command, options, {
          request: inheritRequest(run.request, run.id, request),
          start: `🚀 Retrying ${part}run ${printable(run.id)}...`,
          wording: WORDING,
        });
        if (options.json !== true) await tellWider(app, store, run.id, cause);
        return exitCode;
      }),
    );
}

/** Names an earlier run that still has tenants to retry, since only a part of them was retried. */
async function tellWider(
  { host }: App<StartRunWiring>,
  store: RunStore,
  runId: string,
  cause: number | undefined,
): Promise<void> {
  const history = localHistory(store);
  const whole = cause === undefined ? undefined : await standingOf(history, runId);
  const wider =
    whole !== undefined && whole.left > 0
      ? { id: runId, left: whole.left }
      : await widerLeaving(history, runId);
  if (wider === undefined) return;
  const more = wider.id === runId ? '' : 'more ';
  const words = `Run ${wider.id} has ${countOf(wider.left, `${more}tenant`)} to retry: ${commandSpan('migrate:retry', wider.id)}`;
  await usingScreen(host, async (screen) => screen.warn(words));
}

/** A run may be named in either way, but not in both ways. */
function nameOf(argument: string | undefined, of: string | undefined): string | undefined {
  if (argument === undefined || of === undefined) return argument ?? of;
  throw new FanfoldError('RequestInvalid', 'The run is named twice: as argument and by --of.', {
    fault: 'usage',
    nextStep: 'Leave one of the two out.',
  });
}
