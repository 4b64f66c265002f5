import { Command } from 'commander';
import type { App } from '../app.ts';
import { changeCentral } from '../change-central.ts';
import { examples } from '../options/examples.ts';
import { addTlsOptions, type TlsSetupOptions } from '../options/setup-options.ts';
import type { CentralWiring } from '../wiring/wire-central.ts';
import type { ProcessWiring } from '../wiring/wire-process.ts';

/** `migrate:latest`: migrates the central database. */
export function migrateLatest(app: App<CentralWiring & ProcessWiring>): Command {
  const command = new Command('migrate:latest').description(
    'Creates or updates the table fanfold_tenants in the central database; in an empty database also the tables tenants and users. Never changes your own tables or a tenant database.',
  );
  return addTlsOptions(command)
    .addHelpText('after', examples('fanfold migrate:latest', 'fanfold migrate:latest --tls off'))
    .action(
      app.action((options: TlsSetupOptions) =>
        changeCentral(app, {
          start: '🚀 Migrating the central database...',
          change: () => app.wiring.migrateCentral(options),
          done: (count) => `✅ Ran ${count} migrations:`,
          nothing: '✅ Already up to date',
        }),
      ),
    );
}
