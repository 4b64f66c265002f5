import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tenantsIn } from './fleet.ts';
import { requireEqual } from './not-as-described.ts';
import type { Stage } from './stage.ts';
import { migrationsIn } from './workspace.ts';

/** A migration as somebody might write it: on a table with rows, no server changes the type without a copy. */
const FILE = '20250210090000_widen_display_names.ts';
const SOURCE = `import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('users', (table) => {
    table.text('display_name').notNullable().alter();
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable('users', (table) => {
    table.string('display_name', 100).notNullable().alter();
  });
}
`;

/** Shows the verdict of a server about one more migration, and a guard that refuses it in a tenant with rows. */
export async function knowBefore({ fleet, workspace, fanfold, narrator }: Stage): Promise<void> {
  const [tenant] = tenantsIn(fleet, 'in-use');
  if (tenant === undefined) throw new Error('No tenant of the demo is in use.');
  narrator.step('Know before you run');
  narrator.say(
    'Somebody has written one more migration. An empty scratch database shows its SQL, and what the server would do.',
  );
  const file = join(migrationsIn(workspace), FILE);
  await writeFile(file, SOURCE);
  const limits = ['--safety-copy-bytes', '0'];
  requireEqual(
    'Exit code of migrate:plan --sql',
    await fanfold.run('migrate:plan', tenant.slug, '--sql', ...limits),
    0,
  );
  narrator.say(
    `\nWith that limit the server itself refuses to copy a table with rows, such as that of ${tenant.name}:`,
  );
  const exitCode = await fanfold.run('migrate:tenant', tenant.slug, ...limits);
  requireEqual('Exit code of migrate:tenant with a guard', exitCode, 1);
  await rm(file);
  narrator.say('\nNothing was changed there, and the migration is put aside again.');
}
