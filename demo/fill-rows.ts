import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lastRun } from './last-run.ts';
import { requireEqual } from './not-as-described.ts';
import type { Stage } from './stage.ts';
import { migrationsIn } from './workspace.ts';

const FILE = '20250203090000_set_names_of_users.ts';
const SOURCE = `import type { Backfill } from 'fanfold';
import type { Knex } from 'knex';

export const backfill: Backfill = {
  table: 'users',
  where: 'ASCII(display_name) BETWEEN 97 AND 122',
  update: 'display_name = CONCAT(UPPER(LEFT(display_name, 1)), SUBSTRING(display_name, 2))',
};

export async function up(knex: Knex): Promise<void> {
  await knex.raw(\`UPDATE ?? SET \${backfill.update} WHERE \${backfill.where}\`, [backfill.table]);
}

export async function down(): Promise<void> {}
`;

/** Changes rows of the whole fleet by a backfill. */
export async function fillRows({ fleet, workspace, fanfold, narrator }: Stage): Promise<void> {
  narrator.step('Change many rows');
  narrator.say(
    'A backfill is a migration that walks over the rows of a table in small transactions, and continues at its next row if it is killed. Schema changes do not wait for it.',
  );
  const file = join(migrationsIn(workspace), FILE);
  await writeFile(file, SOURCE);
  requireEqual('Exit code of migrate:backfills', await fanfold.run('migrate:backfills'), 0);
  const { summary } = await lastRun(workspace);
  requireEqual('Tenants of the backfill', summary.counts.migrated, fleet.tenants.length);
  requireEqual('Whether it changed rows', (summary.rowsChanged ?? 0) > 0, true);
}
