import { Command } from 'commander';
import type { App } from '../app.ts';
import { changeCentral } from '../change-central.ts';
import { examples } from '../options/examples.ts';
import { addTlsOptions, type TlsSetupOptions } from '../options/setup-options.ts';
import type { CentralWiring } from '../wiring/wire-central.ts';
import type { ProcessWiring } from '../wiring/wire-process.ts';

/** `migrate:rollback`: rolls back the last batch of the central database. */
export function migrateRollback(app: App<CentralWiring & ProcessWiring>): Command {
  const command = new Command('migrate:rollback').description(
    'Rolls back the migrations of the last migrate:latest in the central database. Never drops a table that still holds tenants or a login, and never changes a tenant database.',
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
