import { bundleUpTo } from '../../src/core/bundle/bundle.ts';
import type { ChaosDatabase, ChaosServer } from '../chaos/differential/chaos-server.ts';
import { plainMigrate } from '../chaos/differential/plain-migrate.ts';
import type { CorpusSet } from './corpus-sets.ts';
import { readSet } from './corpus-subject.ts';

/**
 * The result of plain Knex on the same server for a `down` about which the rehearsal has found something: its error, or
 * that the schema is another one afterwards. `undefined` if it does what a `down` should, so that the finding is wrong.
 */
export async function confirmByPlainKnex(
  server: ChaosServer,
  set: CorpusSet,
  migration: string,
): Promise<string | undefined> {
  const { bundle } = await readSet(set);
  const at = bundle.migrations.findIndex(({ id }) => id === migration);
  const upTo = bundleUpTo(bundle, migration) ?? bundle;
  const earlier = bundle.migrations[at - 1];
  const database = await server.create([]);
  try {
    if (earlier !== undefined) {
      await plainMigrate(database, bundleUpTo(bundle, earlier.id) ?? bundle);
    }
    const before = await definitionsOf(server, database);
    const failed =
      (await plainMigrate(database, upTo)) ??
      (await plainMigrate(database, upTo, (knex) => knex.migrate.down()));
    if (failed !== undefined) return failed.message.split(' - ').at(-1);
    const after = await definitionsOf(server, database);
    if (after !== before) return 'another schema than before';
    return (await plainMigrate(database, upTo))?.message;
  } finally {
    await server.drop(database);
  }
}

async function definitionsOf(server: ChaosServer, { database }: ChaosDatabase): Promise<string> {
  const [rows = []] = await server.ask(
    `SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = '${database}' AND TABLE_NAME NOT LIKE 'knex\\_migrations%' ORDER BY 1`,
  );
  const shown = await Promise.all(
    rows.map(({ name }) => server.ask(`SHOW CREATE TABLE \`${database}\`.\`${String(name)}\``)),
  );
  const texts = shown.map(([rowsOfOne]) => {
    const row = rowsOfOne?.[0];
    return String(row?.['Create Table'] ?? row?.['Create View']);
  });
  return texts.map((text) => text.replace(/ AUTO_INCREMENT=\d+/, '')).join('\n');
}
