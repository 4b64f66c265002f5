import { Command, Option } from 'commander';
import type { App } from '../app.ts';
import { EXIT } from '../exit-codes.ts';
import { examples } from '../options/examples.ts';
import { addFolderOption, type FolderOptions } from '../options/setup-options.ts';
import { printable } from '../output/printable.ts';
import { usingScreen } from '../output/screen.ts';
import type { MigrationFilesWiring } from '../wiring/wire-migration-files.ts';

interface Options extends FolderOptions {
  readonly js?: boolean;
  readonly ts?: boolean;
}

/** `migrate:make <name>`: creates a migration file for tenant databases. */
export function migrateMake({ host, wiring, action }: App<MigrationFilesWiring>): Command {
  const command = new Command('migrate:make')
    .description(
      'Creates a migration file for tenant databases from a template. It gets the extension and module format of the newest migration in the folder; in an empty folder, those of the project.',
    )
    .argument('<name>', '<verb>_<noun>, such as add_priority_to_tasks')
    .option('--js', 'create a JavaScript file')
    .addOption(new Option('--ts', 'create a TypeScript file').conflicts('js'));
  return addFolderOption(command)
    .addHelpText(
      'after',
      examples(
        'fanfold migrate:make add_priority_to_tasks',
        'fanfold migrate:make create_invoices --js',
        'fanfold migrate:make drop_legacy_flags --migrations db/tenant',
      ),
    )
    .action(
      action((name: string, { migrations, js, ts }: Options) =>
        usingScreen(host, async (screen) => {
          const language = js === true ? 'js' : ts === true ? 'ts' : undefined;
          const path = await wiring.makeMigration(migrations, name, language);
          screen.print([`✅ Created ${printable(path)}`]);
          screen.note(['Next: write up() and down(), then test it on one tenant:']);
          screen.note(['  `fanfold migrate:tenant <slug>`']);
          return EXIT.ok;
        }),
      ),
    );
}
