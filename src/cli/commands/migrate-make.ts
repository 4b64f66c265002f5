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
  readonly backfill?: boolean;
}

/** `migrate:make <name>`: creates a migration file for tenant databases. */
export function migrateMake({ host, wiring, action }: App<MigrationFilesWiring>): Command {
  const command = new Command('migrate:make')
    .description(
      'Creates a migration file for tenant databases from a template. It gets the extension and module format of the newest migration in the folder; in an empty folder, those of the project.',
    )
    .argument('<name>', '<verb>_<noun>, such as add_priority_to_tasks')
    .option('--js', 'create a JavaScript file')
    .addOption(new Option('--ts', 'create a TypeScript file').conflicts('js'))
    .option('--backfill', 'create a backfill, which changes many rows in batches');
  return addFolderOption(command)
    .addHelpText(
      'after',
      examples(
        'fanfold migrate:make add_priority_to_tasks',
        'fanfold migrate:make create_invoices --js',
        'fanfold migrate:make fill_priority_of_tasks --backfill',
        'fanfold migrate:make drop_legacy_flags --migrations db/tenant',
      ),
    )
    .action(
      action((name: string, { migrations, js, ts, backfill }: Options) =>
        usingScreen(host, async (screen) => {
          const language = js === true ? 'js' : ts === true ? 'ts' : undefined;
          const path = await (backfill === true
            ? wiring.makeBackfill(migrations, name, language)
            : wiring.makeMigration(migrations, name, language));
          screen.print([`✅ Created ${printable(path)}`]);
          if (backfill === true) {
            screen.note(['Next: write what it changes, then run it on the tenants:']);
            screen.note(['  `fanfold migrate:backfills`']);
            return EXIT.ok;
          }
          screen.note(['Next: write up() and down(), then test it on one tenant:']);
          screen.note(['  `fanfold migrate:tenant <slug>`']);
          return EXIT.ok;
        }),
      ),
    );
}
