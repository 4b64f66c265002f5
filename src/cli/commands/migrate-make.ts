import { Command } from 'commander';
import type { App } from '../app.ts';
import { EXIT } from '../exit-codes.ts';
import { examples } from '../options/examples.ts';
import { addFolderOption, type FolderOptions } from '../options/setup-options.ts';
import { printable } from '../output/printable.ts';
import { usingScreen } from '../output/screen.ts';

interface Options extends FolderOptions {
  readonly js?: boolean;
}

/** `migrate:make <name>`: a new migration file for the tenants. */
export function migrateMake({ host, wiring, action }: App): Command {
  const command = new Command('migrate:make')
    .summary('create a migration file')
    .description('Creates a migration file for the tenant databases from a template.')
    .argument('<name>', '<verb>_<noun>, such as add_priority_to_tasks')
    .option('--js', 'JavaScript instead of TypeScript');
  return addFolderOption(command)
    .addHelpText(
      'after',
      examples(
        'npm run migrate:make add_priority_to_tasks',
        'npm run migrate:make create_invoices -- --js',
        'fanfold migrate:make drop_legacy_flags --migrations db/tenant',
      ),
    )
    .action(
      action((name: string, { migrations, js }: Options) =>
        usingScreen(host, async (screen) => {
          const path = await wiring.makeMigration(migrations, name, js === true ? 'js' : 'ts');
          screen.print([`✅ Created ${printable(path)}`]);
          screen.note(['Next: write up() and down(), then try it on one tenant:']);
          screen.note(['  npm run migrate:tenant <slug>']);
          return EXIT.ok;
        }),
      ),
    );
}
