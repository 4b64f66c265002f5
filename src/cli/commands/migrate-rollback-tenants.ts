import { Command } from 'commander';
import { formatCount } from '../../core/wording/format-count.ts';
import type { App } from '../app.ts';
import { confirm } from '../ask/confirm.ts';
import { EXIT } from '../exit-codes.ts';
import { type AwsOptions, addAwsOption } from '../options/aws-options.ts';
import { examples } from '../options/examples.ts';
import { addNotifyOptions } from '../options/notify-options.ts';
import {
  addExtentOptions,
  addRollbackOptions,
  type RollbackOptions,
  rollbackRequest,
} from '../options/rollback-options.ts';
import { addFleetOptions, explicitRequest, type RunOptions } from '../options/run-options.ts';
import { addRunSetupOptions } from '../options/setup-options.ts';
import { printable } from '../output/printable.ts';
import { ROLLED_BACK } from '../output/rollback-wording.ts';
import type { TenantRunOptions } from '../runs/run-tenants.ts';
import type { StartRunWiring } from '../runs/start-run.ts';
import { startRun } from '../runs/start-run.ts';

interface Options extends Omit<RunOptions, 'to'>, TenantRunOptions, AwsOptions, RollbackOptions {}

/** The word for every ACTIVE tenant; leaving the names out must not roll all of them back. */
const ALL = 'all';

/** `migrate:rollback-tenants <slug|id|all…>`: rolls back to a migration, or a number of migrations. */
export function migrateRollbackTenants(app: App<StartRunWiring>): Command {
  const command = new Command('migrate:rollback-tenants')
    .description(
      'Rolls back migrations of tenants by their down, newest first: those after --to, or the newest --steps of each tenant. A tenant fails unchanged if a down is missing or if no migration would remain. Show the plan first: `fanfold migrate:plan --rollback --steps 1`',
    )
    .argument('<slug|id|all...>', 'tenants, or "all" for every ACTIVE tenant');
  addExtentOptions(addFleetOptions(command));
  addRollbackOptions(command);
  addAwsOption(addNotifyOptions(addRunSetupOptions(command)));
  return command
    .addHelpText(
      'after',
      examples(
        'fanfold migrate:rollback-tenants acme-corp --steps 1',
        'fanfold migrate:rollback-tenants all --to 20250101090000_create_users',
      ),
    )
    .action(
      app.action(async (names: string[], options: Options) => {
        const request = {
          command: 'rollback' as const,
          ...explicitRequest(options),
          ...rollbackRequest(options),
          ...(!names.includes(ALL) && { tenants: names }),
        };
        // A wrong request is refused before the question.
        const { parseRunRequest } = await import('../../core/wire/parse-run-request.ts');
        parseRunRequest(request);
        const question = `Roll back ${extentOf(options)} of ${tenantsNamed(names)}?`;
        if (options.yes !== true && !(await confirm(app.host, question))) return EXIT.failed;
        return startRun(app, command, options, {
          request,
          start: `⏪ Rolling back ${extentOf(options)}...`,
          wording: {
            found: (total) => `📋 Found ${formatCount(total)} active tenant(s)`,
            none: 'Nothing to roll back: no tenant is ACTIVE.',
            success: ROLLED_BACK,
          },
        });
      }),
    );
}

function extentOf({ to, steps }: Options): string {
  if (to !== undefined) return `all migrations after ${printable(to)}`;
  return steps === 1 ? 'the newest migration' : `the newest ${steps} migrations`;
}

function tenantsNamed(names: readonly string[]): string {
  return names.includes(ALL) ? 'every ACTIVE tenant' : printable(names.join(', '));
}
