import { Command } from 'commander';
import { formatCount } from '../../core/wording/format-count.ts';
import type { App } from '../app.ts';
import { confirm } from '../confirm.ts';
import { EXIT } from '../exit-codes.ts';
import { type AwsOptions, addAwsOption } from '../options/aws-options.ts';
import { examples } from '../options/examples.ts';
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
import type { TenantRunOptions } from '../run-tenants.ts';
import { startRun } from '../start-run.ts';

interface Options extends Omit<RunOptions, 'to'>, TenantRunOptions, AwsOptions, RollbackOptions {}

/** The word for every ACTIVE tenant: nobody rolls back from all of them by leaving a name out. */
const ALL = 'all';

/** `migrate:rollback-tenants <slug|id|all…>`: rolls back to a migration, or so many steps. */
export function migrateRollbackTenants(app: App): Command {
  const command = new Command('migrate:rollback-tenants')
    .summary('roll back migrations of tenants, to one or by number')
    .description(
      "Rolls back migrations of one tenant, of several, or of every ACTIVE one (all), the newest first and one at a time through each migration's down: those after --to, or the newest --steps of each. A tenant is refused before anything is touched where a down is missing or nothing would be left. Look first: `fanfold migrate:plan --rollback --steps 1`",
    )
    .argument('<slug|id|all...>', 'which tenants');
  addExtentOptions(addFleetOptions(command));
  addRollbackOptions(command);
  addAwsOption(addRunSetupOptions(command));
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
        // Faults of it show before anybody is asked.
        const { parseRunRequest } = await import('../../core/wire/parse-run-request.ts');
        parseRunRequest(request);
        const question = `Roll back ${extentOf(options)}, of ${whose(names)}?`;
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
  if (to !== undefined) return `all behind ${printable(to)}`;
  return steps === 1 ? 'the newest migration' : `the newest ${steps} migrations`;
}

function whose(names: readonly string[]): string {
  return names.includes(ALL) ? 'every ACTIVE tenant' : printable(names.join(', '));
}
