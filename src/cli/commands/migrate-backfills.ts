import { Command } from 'commander';
import { BACKFILLS_PER_HOST } from '../../core/backfill/phase.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import type { App } from '../app.ts';
import { type AwsOptions, addAwsOption } from '../options/aws-options.ts';
import { examples } from '../options/examples.ts';
import { addNotifyOptions } from '../options/notify-options.ts';
import { addRolloutOptions } from '../options/rollout-options.ts';
import {
  addFleetOptions,
  addMigrateOptions,
  explicitRequest,
  type RunOptions,
} from '../options/run-options.ts';
import { addRunSetupOptions } from '../options/setup-options.ts';
import type { TenantRunOptions } from '../runs/run-tenants.ts';
import type { StartRunWiring } from '../runs/start-run.ts';
import { startRun } from '../runs/start-run.ts';

interface Options extends RunOptions, TenantRunOptions, AwsOptions {}

/** `migrate:backfills [tenants]`: runs the pending backfills of every ACTIVE tenant, or of some. */
export function migrateBackfills(app: App<StartRunWiring>): Command {
  const command = new Command('migrate:backfills')
    .description(
      'Runs the pending backfills of every ACTIVE tenant, or of those that are named: rows are changed in small transactions, with rests between them. A backfill that is interrupted continues at its next row.',
    )
    .argument('[slug|id...]', 'tenants (default: all)');
  addFleetOptions(command);
  addRolloutOptions(command);
  addMigrateOptions(command);
  addAwsOption(addNotifyOptions(addRunSetupOptions(command)));
  return command
    .addHelpText(
      'after',
      examples(
        'fanfold migrate:backfills',
        'fanfold migrate:backfills acme-corp',
        'fanfold migrate:backfills --canary acme-corp --concurrency 2',
        'fanfold migrate:backfills --aws Fanfold',
      ),
    )
    .action(
      app.action((tenants: string[], options: Options) =>
        startRun(app, command, options, {
          request: {
            command: 'migrate',
            // The tenants of a server share one walk at a time, unless somebody allows more.
            maxPerHost: BACKFILLS_PER_HOST,
            ...explicitRequest(options),
            phase: 'backfills',
            ...(tenants.length > 0 && { tenants }),
          },
          start: '🚀 Starting backfills...',
          wording: {
            found: (total) => `📋 Found ${formatCount(total)} active tenant(s)`,
            none: 'Nothing to do: no tenant is ACTIVE. Add one with: `fanfold tenant:add --help`',
            success: '🎉 All backfills completed successfully!',
          },
        }),
      ),
    );
}
