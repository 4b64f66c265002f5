import { Command } from 'commander';
import type { App } from '../app.ts';
import { Declined } from '../ask/ask-on-terminal.ts';
import { EXIT } from '../exit-codes.ts';
import { initialize } from '../init/initialize.ts';
import { examples } from '../options/examples.ts';
import { addInitOptions, type InitOptions } from '../options/init-options.ts';
import { usingScreen } from '../output/screen.ts';
import type { AdoptionWiring } from '../wiring/wire-adoption.ts';
import type { CredentialsWiring } from '../wiring/wire-credentials.ts';
import type { MigrationFilesWiring } from '../wiring/wire-migration-files.ts';
import type { ProjectWiring } from '../wiring/wire-project.ts';
import type { TenantsWiring } from '../wiring/wire-tenants.ts';

/** The groups of the wiring that this command uses. */
type Needs = ProjectWiring &
  AdoptionWiring &
  CredentialsWiring &
  MigrationFilesWiring &
  TenantsWiring;

/** `init`: sets Fanfold up in a project by looking at its central database and its files. */
export function init(app: App<Needs>): Command {
  const command = new Command('init').description(
    'Finds the table of tenants in the central database, and the migrations and the knexfile in this folder. Asks if something is unclear; every answer can be given as a flag. Writes the settings that differ from the defaults to fanfold.config.ts (or .js). Then tries to decrypt three passwords with DB_ENCRYPTION_KEY and checks one tenant. Changes nothing in any database.',
  );
  return addInitOptions(command)
    .addHelpText(
      'after',
      examples(
        'fanfold init',
        'fanfold init --table companies --active active,trial',
        'fanfold init --column dbHost=server --migrations db/tenant --yes',
      ),
    )
    .action(
      app.action((options: InitOptions) =>
        usingScreen(app.host, async (screen) => {
          try {
            return await initialize(app, options, screen);
          } catch (error) {
            if (!(error instanceof Declined)) throw error;
            screen.note(['Nothing was written.']);
            return EXIT.interrupted;
          }
        }),
      ),
    );
}
