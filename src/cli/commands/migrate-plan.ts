import { Command } from 'commander';
import { formatCount } from '../../core/wording/format-count.ts';
import type { App } from '../app.ts';
import { type AwsOptions, addAwsOption } from '../options/aws-options.ts';
import { examples } from '../options/examples.ts';
import {
  addConcurrencyOptions,
  addPlanOptions,
  explicitRequest,
  type RunOptions,
} from '../options/run-options.ts';
import { addRunSetupOptions } from '../options/setup-options.ts';
import type { TenantRunOptions } from '../run-tenants.ts';
import { startRun } from '../start-run.ts';

interface Options extends RunOptions, TenantRunOptions, AwsOptions {}

/** `migrate:plan [tenant…]`: what a migration would run, without running it. */
export function migratePlan(app: App): Command {
  const command = new Command('migrate:plan')
    .summary('show what would run, without running it')
    .description(
      'Shows which migrations would run for each ACTIVE tenant, or for the named ones. Takes no lock and writes nothing to any tenant database.',
    )
    .argument('[slug|id...]', 'which tenants (default: all that are ACTIVE)');
  addPlanOptions(addConcurrencyOptions(command));
  addAwsOption(addRunSetupOptions(command));
  return command
    .addHelpText(
      'after',
      examples(
        'npm run migrate:plan',
        'npm run migrate:plan acme-corp beta',
        'fanfold migrate:plan --hosts db1.example.com --json',
        'fanfold migrate:plan --aws Fanfold',
      ),
    )
    .action(
      app.action((names: string[], options: Options) => {
        return startRun(app, command, options, {
          request: {
            command: 'plan',
            ...explicitRequest(options),
            ...(names.length > 0 && { tenants: names }),
          },
          start: '🔎 Planning migrations, nothing is changed...',
          wording: {
            found: (total) => `📋 Found ${formatCount(total)} active tenant(s)`,
            none: 'Nothing to plan: no tenant is ACTIVE. Add one with: npm run tenant:add',
            success: '',
          },
        });
      }),
    );
}
