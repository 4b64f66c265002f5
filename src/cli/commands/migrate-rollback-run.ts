import { Command } from 'commander';
import { tenantsOfRun } from '../../core/list/tenants-of-run.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import type { App } from '../app.ts';
import { confirm } from '../confirm.ts';
import { EXIT } from '../exit-codes.ts';
import { findRun } from '../find-run.ts';
import { type AwsOptions, addAwsOption } from '../options/aws-options.ts';
import { examples } from '../options/examples.ts';
import {
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

/** `migrate:rollback-run <run>`: rolls back exactly what a run applied. */
export function migrateRollbackRun(app: App): Command {
  const command = new Command('migrate:rollback-run')
    .summary('roll back what a run applied')
    .description(
      "Rolls back exactly what a run applied, on exactly the tenants that it applied it to, the newest first and one at a time through each migration's down. Each tenant's own journal says what that is. A tenant is refused before anything is touched where a down is missing, where other migrations were applied since, or where nothing would be left. Look first: `fanfold migrate:plan --rollback <run>`",
    )
    .argument('<run>', 'id of the run, or "last"');
  addRollbackOptions(addFleetOptions(command));
  addAwsOption(addRunSetupOptions(command));
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
        const { id, tenants } = await whatIsMeant(app, name, options);
        const where = tenants === undefined ? '' : `, on up to ${countOf(tenants, 'tenant')}`;
        const question = `Roll back what run ${printable(id)} applied${where}?`;
        if (options.yes !== true && !(await confirm(app.host, question))) return EXIT.failed;
        return startRun(app, command, options, {
          request: {
            command: 'rollback',
            run: id,
            ...explicitRequest(options),
            ...rollbackRequest(options),
          },
          start: `⏪ Rolling back what run ${printable(id)} applied...`,
          wording: {
            found: (total) => `📋 Found ${formatCount(total)} tenant(s) of that run`,
            none: 'Nothing to roll back: that run was about no tenant.',
            success: ROLLED_BACK,
          },
        });
      }),
    );
}

/** The run that is meant and, of one of this machine, how many tenants it is about at most. */
async function whatIsMeant(
  app: App,
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
