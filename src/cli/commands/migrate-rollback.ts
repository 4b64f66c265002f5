import { Command } from 'commander';
import type { App } from '../app.ts';
import { changeCentral } from '../change-central.ts';
import { examples } from '../options/examples.ts';
import { addTlsOptions, type TlsSetupOptions } from '../options/setup-options.ts';

/** `migrate:rollback`: rolls back the newest batch of the central database. */
export function migrateRollback(app: App): Command {
  const command = new Command('migrate:rollback')
    .summary('roll back the last batch of the central database')
    .description(
      'Rolls back what the last migrate:latest ran in the central database. A table that still holds tenants, or a login, is not dropped. Tenant databases are not touched.',
    );
  return addTlsOptions(command)
    .addHelpText(
      'after',
      examples('fanfold migrate:rollback', 'fanfold migrate:rollback --ca ./ca.pem'),
    )
    .action(
      app.action((options: TlsSetupOptions) =>
        changeCentral(app, {
          start: '⏪ Rolling back the central database...',
          change: () => app.wiring.rollbackCentral(options),
          done: (count) => `✅ Rolled back ${count} migrations:`,
          nothing: '✅ Nothing to roll back',
        }),
      ),
    );
}
