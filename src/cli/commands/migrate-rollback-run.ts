import { Command } from 'commander';
import { tenantsOfRun } from '../../core/list/tenants-of-run.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import type { App } from '../app.ts';
import { confirm } from '../ask/confirm.ts';
import { EXIT } from '../exit-codes.ts';
import { type AwsOptions, addAwsOption } from '../options/aws-options.ts';
import { examples } from '../options/examples.ts';
import { addNotifyOptions } from '../options/notify-options.ts';
import {
  addRollbackOptions,
  type RollbackOptions,
  rollbackRequest,
} from '../options/rollback-options.ts';
import { addFleetOptions, explicitRequest, type RunOptions } from '../options/run-options.ts';
import { addRunSetupOptions } from '../options/setup-options.ts';
import { printable } from '../output/printable.ts';
import { ROLLED_BACK } from '../output/rollback-wording.ts';
import { findRun } from '../runs/find-run.ts';
import type { TenantRunOptions } from '../runs/run-tenants.ts';
import type { StartRunWiring } from '../runs/start-run.ts';
import { startRun } from '../runs/start-run.ts';

interface Options extends Omit<RunOptions, 'to'>, TenantRunOptions, AwsOptions, RollbackOptions {}

/** `migrate:rollback-run <run>`: rolls back exactly the migrations that a run applied. */
export function migrateRollbackRun(app: App<StartRunWiring>): Command {
  const command = new Command('migrate:rollback-run')
    .description(
      "Rolls back exactly the migrations that a run applied to each tenant, by their down, newest first; each tenant's journal lists them. A tenant fails unchanged if a down is missing, if other migrations were applied since, or if no migration would remain. Show the plan first: `fanfold migrate:plan --rollback <run>`",
    )
    .argument('<run>', 'id of the run, or "last"');
  addRollbackOptions(addFleetOptions(command));
  addAwsOption(addNotifyOptions(addRunSetupOptions(command)));
  return command
    .addHelpText(
      'after',
      examples(
        'fanfold migrate:rollback-run 20261127-093012-4f2a1c',
        'fanfold migrate:rollback-run last --canary acme-corp',
        'fanfold migrate:rollback-run last --yes --json',
      ),
    )
    .action(
      app.action(async (name: string, options: Options) => {
        const { id, tenants } = await runToRollBack(app, name, options);
        const where = tenants === undefined ? '' : `, on up to ${countOf(tenants, 'tenant')}`;
        const question = `Roll back the migrations of run ${printable(id)}${where}?`;
        if (options.yes !== true && !(await confirm(app.host, question))) return EXIT.failed;
        return startRun(app, command, options, {
          request: {
            command: 'rollback',
            run: id,
            ...explicitRequest(options),
            ...rollbackRequest(options),
          },
          start: `⏪ Rolling back run ${printable(id)}...`,
          wording: {
            found: (total) => `📋 Found ${formatCount(total)} tenant(s) of that run`,
            none: 'Nothing to roll back: that run had no tenants.',
            success: ROLLED_BACK,
          },
        });
      }),
    );
}

/** The run to roll back and, if it is stored on this machine, the number of its tenants. */
async function runToRollBack(
  app: App<StartRunWiring>,
  name: string,
  options: Options,
): Promise<{ readonly id: string; readonly tenants: number | undefined }> {
  if (options.aws !== undefined) {
    const { rolledBackRunId } = await import('../remote/rolled-back-run-id.ts');
    return { id: await rolledBackRunId(app, name, options.aws), tenants: undefined };
  }
  const store = await app.wiring.runStore(options);
  const { id } = await findRun(store, name, 'rollback');
  return { id, tenants: (await tenantsOfRun(store, id)).count };
}
