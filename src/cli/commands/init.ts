import { Command } from 'commander';
import type { App } from '../app.ts';
import { EXIT } from '../exit-codes.ts';
import { initialize } from '../init/initialize.ts';
import { Declined } from '../init/questions.ts';
import { examples } from '../options/examples.ts';
import { addInitOptions, type InitOptions } from '../options/init-options.ts';
import { usingScreen } from '../output/screen.ts';

/** `init`: sets Fanfold up in a project, from what its central database and its files show. */
export function init(app: App): Command {
  const command = new Command('init')
    .summary('set up fanfold in a project that has tenants')
    .description(
      'Looks at the central database, finds the table of tenants and how it is to be read, and the migrations and the knexfile of this folder; writes what differs from the defaults to fanfold.config.ts (or .js, as the project has it). Then opens three passwords with DB_ENCRYPTION_KEY and examines one tenant. Changes nothing in any database. Asks what is not clear; each answer can be given as a flag.',
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
