import { Command, Option } from 'commander';
import { FanfoldError } from '../../core/errors.ts';
import type { RunStore } from '../../core/ports.ts';
import { standingOf, widerLeaving } from '../../core/run/run-history.ts';
import { commandSpan } from '../../core/wording/command-span.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import type { App } from '../app.ts';
import { findRun } from '../find-run.ts';
import { localHistory } from '../kept-runs.ts';
import {
  type AwsOptions,
  addAwsOption,
  addRedriveOption,
  awsRequest,
  checkRedrive,
  refuseLocalOptions,
} from '../options/aws-options.ts';
import { examples } from '../options/examples.ts';
import { addCauseOption } from '../options/of-options.ts';
import {
  addFleetOptions,
  addMigrateOptions,
  explicitRequest,
  type RunOptions,
} from '../options/run-options.ts';
import { addRunSetupOptions } from '../options/setup-options.ts';
import { printable } from '../output/printable.ts';
import { usingScreen } from '../output/screen.ts';
import type { TenantRunOptions } from '../run-tenants.ts';

interface Options extends RunOptions, TenantRunOptions, AwsOptions {
  readonly redrive?: boolean;
  readonly of?: string;
  readonly cause?: number;
}

const WORDING = {
  found: (total: number) => `📋 Found ${formatCount(total)} tenant(s) to do`,
  none: 'Nothing is left to do.',
  success: '🎉 All tenant migrations completed successfully!',
};

/** `migrate:retry <run>`: does what an earlier run left. */
export function migrateRetry(app: App): Command {
  const command = new Command('migrate:retry')
    .summary('retry tenants that failed or were not reached')
    .description(
      "Migrates the tenants that an earlier run left: those that failed, and those that it did not come to, also if it was killed. The earlier run's options apply, unless they are given anew.",
    )
    .argument('[run]', 'id of the run, or "last": the newest that leaves something')
    .addOption(new Option('--of <run>', 'the same run, written as for other commands'));
  addCauseOption(command);
  addFleetOptions(command);
  addMigrateOptions(command);
  addRedriveOption(addAwsOption(addRunSetupOptions(command)));
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
        const part = cause === undefined ? 'what is left of' : `cause ${cause} of`;
        const { runTenants } = await import('../run-tenants.ts');
        // Brings the schemas, for which --help should not wait.
        const { inheritRequest } = await import('../../core/list/inherit-request.ts');
        const exitCode = await runTenants(app, command, options, {
          request: inheritRequest(run.request, run.id, request),
          start: `🚀 Retrying ${part} run ${printable(run.id)}...`,
          wording: WORDING,
        });
        if (options.json !== true) await tellWider(app, store, run.id, cause);
        return exitCode;
      }),
    );
}

/** What an earlier run leaves beyond this one: whoever retries a part should know of the whole. */
async function tellWider(
  { host }: App,
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
  const more = wider.id === runId ? '' : ' more';
  const words = `Run ${wider.id} leaves ${countOf(wider.left, 'tenant')}${more}: ${commandSpan('migrate:retry', wider.id)}`;
  await usingScreen(host, async (screen) => screen.warn(words));
}

/** A run may be named in either way, but not in both. */
function nameOf(argument: string | undefined, of: string | undefined): string | undefined {
  if (argument === undefined || of === undefined) return argument ?? of;
  throw new FanfoldError('RequestInvalid', 'The run is named twice: by its name, and by --of.', {
    fault: 'usage',
    nextStep: 'Leave one of them out.',
  });
}
