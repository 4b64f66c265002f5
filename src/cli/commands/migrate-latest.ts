import { Command } from 'commander';
import type { App } from '../app.ts';
import { changeCentral } from '../change-central.ts';
import { examples } from '../options/examples.ts';
import { addTlsOptions, type TlsSetupOptions } from '../options/setup-options.ts';

/** `migrate:latest`: brings the central database up to date. */
export function migrateLatest(app: App): Command {
  const command = new Command('migrate:latest')
    .summary('bring the central database up to date')
    .description(
      'Makes or changes the table fanfold_tenants beside the tenants of the central database; in an empty one, tenants and users as well. Tables of yours are left as they are, and tenant databases are not touched.',
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
