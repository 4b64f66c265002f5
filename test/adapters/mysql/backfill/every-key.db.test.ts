import type { Connection } from 'mysql2/promise';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../chaos/support/seeded-random.ts';
import { createDatabase } from '../../../support/database.ts';
import { migrate } from '../../../support/migrating.ts';
import { backfill, bundle } from '../../../support/migrations.ts';
import { testServer } from '../../../support/server.ts';
import { KEY_TYPES, type KeyType } from './key-types.ts';

const isFull = process.env.FANFOLD_CHAOS === 'full';
const ROWS = isFull ? 400 : 24;

/** The types that this server has. */
async function typesOf(connection: Connection): Promise<KeyType[]> {
  const { flavour } = testServer();
  const isMariaDB = /mariadb/i.test(flavour);
  const types: KeyType[] = [];
  for (const each of KEY_TYPES) {
    if (each.on !== undefined && (each.on === 'mysql') === isMariaDB) continue;
    try {
      await connection.query(`CREATE TABLE tried (a ${each.type} NOT NULL, PRIMARY KEY (a))`);
      await connection.query('DROP TABLE tried');
      types.push(each);
    } catch (error) {
      // Only a version of MariaDB may lack one.
      if (each.on !== 'mariadb11' && each.on !== 'mariadb') throw error;
    }
  }
  return types;
}

/** Makes a table with such a key and rows that no other knows, and counts them. */
async function fill(
  connection: Connection,
  table: string,
  types: readonly KeyType[],
  random: () => number,
): Promise<number> {
  const columns = types.map(({ type }, at) => `k${at} ${type} NOT NULL`);
  const key = types.map((_, at) => `k${at}`).join(', ');
  await connection.query(
    `CREATE TABLE ${table} (${columns.join(', ')}, n INT NOT NULL DEFAULT 0, PRIMARY KEY (${key}))`,
  );
  // The first columns repeat, so that the later ones decide.
  const leading = types.slice(0, -1).map(({ value }) => [value(random), value(random)]);
  const tuples = Array.from({ length: ROWS }, () => {
    const values = types.map(({ value }, at) => {
      const few = leading[at];
      return few !== undefined && random() < 0.8 ? few[random() < 0.5 ? 0 : 1] : value(random);
    });
    return `(${values.join(', ')})`;
  });
  await connection.query(`INSERT IGNORE INTO ${table} (${key}) VALUES ${tuples.join(', ')}`);
  const [rows] = await connection.query(`SELECT COUNT(*) AS count FROM ${table}`);
  return Number((rows as { count: number }[])[0]?.count);
}

describe('a backfill walks over each row once', () => {
  it('whatever the types of its key', async () => {
    const database = await createDatabase('keys');
    const connection = await database.connection();
    await connection.query("SET SESSION sql_mode = ''");
    const types = await typesOf(connection);
    const random = seededRandom(isFull ? Date.now() : 20261201);
    const any = () => types[Math.floor(random() * types.length)] as KeyType;
    const keys = [
      ...types.map((type) => [type]),
      ...Array.from({ length: isFull ? 200 : 8 }, () => [any(), any()]),
      ...Array.from({ length: isFull ? 100 : 3 }, () => [any(), any(), any()]),
    ];
    const wrong: string[] = [];
    for (const [index, key] of keys.entries()) {
      const table = `t${index}`;
      const shown = `${key.map(({ type }) => type).join(' + ')}`;
      const count = await fill(connection, table, key, random);
      const walk = bundle(
        backfill(`1_walk_${table}`, {
          table,
          batch: 1 + Math.floor(random() * 9),
          update: 'n = n + 1',
        }),
      );
      let attempt = await migrate(database, walk, controls(random));
      while (attempt.status === 'continue')
        attempt = await migrate(database, walk, controls(random));
      const [rows] = await connection.query(`SELECT n, COUNT(*) AS count FROM ${table} GROUP BY n`);
      if (
        attempt.status !== 'migrated' ||
        JSON.stringify(rows) !== JSON.stringify([{ n: 1, count }])
      ) {
        wrong.push(`${shown}: ${count} rows, ${JSON.stringify([rows, attempt])}`);
      }
      await connection.query(`DROP TABLE ${table}`);
      await connection.query('DELETE FROM knex_migrations');
    }
    expect(wrong).toEqual([]);
    expect(types.length).toBeGreaterThan(25);
  }, 1_800_000);
});

/** No rests, and a pause now and then. */
function controls(random: () => number) {
  const lasts = 1 + Math.floor(random() * 12);
  let batches = 0;
  const pause = () => ++batches > lasts * 2;
  return { phase: 'all', allowMissing: true, backfills: { pace: () => 1, pause } } as const;
}
