import { Command } from 'commander';
import { formatCount } from '../../core/wording/format-count.ts';
import type { App } from '../app.ts';
import { type AwsOptions, addAwsOption } from '../options/aws-options.ts';
import { examples } from '../options/examples.ts';
import { addNotifyOptions } from '../options/notify-options.ts';
import { addRolloutOptions } from '../options/rollout-options.ts';
import {
  addFleetOptions,
  addMigrateOptions,
  addPhaseOption,
  addProbeOption,
  explicitRequest,
  type RunOptions,
} from '../options/run-options.ts';
import { addRunSetupOptions } from '../options/setup-options.ts';
import type { TenantRunOptions } from '../runs/run-tenants.ts';
import type { StartRunWiring } from '../runs/start-run.ts';
import { startRun } from '../runs/start-run.ts';

interface Options extends RunOptions, TenantRunOptions, AwsOptions {}

/** `migrate:all-tenants`: runs the pending migrations of every ACTIVE tenant. */
export function migrateAllTenants(app: App<StartRunWiring>): Command {
  const command = new Command('migrate:all-tenants').description(
    'Runs the pending migrations of every ACTIVE tenant, several tenants at a time. A tenant that fails does not stop the others; retry it with migrate:retry.',
  );
  addFleetOptions(command);
  addRolloutOptions(command);
  addMigrateOptions(command);
  addPhaseOption(command);
  addProbeOption(command);
  addAwsOption(addNotifyOptions(addRunSetupOptions(command)));
  return command
    .addHelpText(
      'after',
      examples(
        'fanfold migrate:all-tenants',
        'fanfold migrate:all-tenants --canary acme-corp --tolerated-failures 2%',
        'fanfold migrate:all-tenants --concurrency 32 --max-per-host 8',
        'fanfold migrate:all-tenants --waves 5,25 --json > run.jsonl',
        'fanfold migrate:all-tenants --canary 5% --bake 30 --watch ./healthy.sh',
        'fanfold migrate:all-tenants --aws Fanfold --canary acme-corp',
      ),
    )
    .action(
      app.action((options: Options) => {
        return startRun(app, command, options, {
          request: { command: 'migrate', ...explicitRequest(options) },
          start: '🚀 Starting migration for all tenants...',
          wording: {
            found: (total) => `📋 Found ${formatCount(total)} active tenant(s)`,
            none: `Nothing to migrate: no tenant is ACTIVE${onHosts(options)}. Add one with: \`fanfold tenant:add --help\``,
            success: '🎉 All tenant migrations completed successfully!',
          },
        });
      }),
    );
}

function onHosts({ hosts }: RunOptions): string {
  return hosts === undefined ? '' : ' on these hosts';
}
