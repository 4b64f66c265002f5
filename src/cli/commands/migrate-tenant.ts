import { Command } from 'commander';
import { formatCount } from '../../core/wording/format-count.ts';
import type { App } from '../app.ts';
import { type AwsOptions, addAwsOption } from '../options/aws-options.ts';
import { examples } from '../options/examples.ts';
import { addNotifyOptions } from '../options/notify-options.ts';
import {
  addMigrateOptions,
  addPhaseOption,
  explicitRequest,
  type RunOptions,
} from '../options/run-options.ts';
import { addRunSetupOptions } from '../options/setup-options.ts';
import { printable } from '../output/printable.ts';
import type { TenantRunOptions } from '../runs/run-tenants.ts';
import type { StartRunWiring } from '../runs/start-run.ts';
import { startRun } from '../runs/start-run.ts';

interface Options extends RunOptions, TenantRunOptions, AwsOptions {}

/** `migrate:tenant <slug|id>`: runs the pending migrations of one tenant or several. */
export function migrateTenant(app: App<StartRunWiring>): Command {
  const command = new Command('migrate:tenant')
    .description('Runs the pending migrations of one ACTIVE tenant or several.')
    .argument('<slug|id...>', 'tenants');
  addMigrateOptions(command);
  addPhaseOption(command);
  addAwsOption(addNotifyOptions(addRunSetupOptions(command)));
  return command
    .addHelpText(
      'after',
      examples(
        'fanfold migrate:tenant acme-corp',
        'fanfold migrate:tenant acme-corp --to 20250127120000_add_priority_to_tasks',
        'fanfold migrate:tenant acme-corp beta --strict',
      ),
    )
    .action(
      app.action((tenants: string[], options: Options) => {
        return startRun(app, command, options, {
          request: { command: 'migrate', ...explicitRequest(options), tenants },
          start: `🚀 Starting migration for tenant: ${printable(tenants.join(', '))}...`,
          wording: {
            found: (total) => `📋 Found ${formatCount(total)} active tenant(s)`,
            none: 'Nothing to migrate.',
            success:
              tenants.length === 1
                ? '🎉 Tenant migration completed successfully!'
                : '🎉 All tenant migrations completed successfully!',
          },
        });
      }),
    );
}
