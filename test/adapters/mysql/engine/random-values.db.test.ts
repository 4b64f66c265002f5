import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { describe, expect, it } from 'vitest';
import { createDatabase } from '../../../support/database.ts';
import { migrate } from '../../../support/migrating.ts';
import { bundle, migration } from '../../../support/migrations.ts';

/** Statements whose values differ with each execution of the migration. */
const RANDOM: Readonly<Record<string, (knex: Knex) => PromiseLike<unknown>>> = {
  'an insert of a UUID': (knex) => knex('things').insert({ id: 5, key: randomUUID() }),
  'an insert of several': (knex) =>
    knex('things').insert([
      { id: 5, key: randomUUID() },
      { id: 6, key: randomUUID() },
    ]),
  'an update by a random number': (knex) =>
    knex('things')
      .where('id', 1)
      .update({ key: String(Math.random()) }),
  'raw SQL with a binding': (knex) =>
    knex.raw('UPDATE things SET `key` = ? WHERE id = 1', [randomUUID()]),
};

describe.each(Object.keys(RANDOM))('a migration that binds random values, with %s', (name) => {
  it('a migration that binds random values is labelled as applied with other values, with every statement that ran, and is not changed further', async () => {
    const database = await createDatabase('random');
    const connection = await database.multiConnection();
    await connection.query(
      'CREATE TABLE things (id INT PRIMARY KEY, `key` VARCHAR(50)); INSERT INTO things (id) VALUES (1)',
    );
    const list = bundle(
      migration(
        '20260101000000_random',
        async (knex) => {
          await knex.raw('ALTER TABLE things ADD COLUMN a INT');
          await RANDOM[name]?.(knex);
          await knex('things').where('id', 1).update({ a: 1 });
          await knex.raw('ALTER TABLE things ADD COLUMN b INT');
          // It fails after these statements.
          throw new Error('not today');
        },
        { transaction: false },
      ),
    );
    const rows = () => database.query('SELECT * FROM things ORDER BY id');
    expect(await migrate(database, list)).toMatchObject({ failure: { code: 'MigrationThrew' } });
    const before = await rows();
    for (const attempt of [await migrate(database, list), await migrate(database, list)]) {
      expect(attempt).toMatchObject({ status: 'failed', failure: { code: 'HalfApplied' } });
      const { statements = [] } = (
        attempt as { failure: { statements?: readonly { number: number; standing: string }[] } }
      ).failure;
      expect(statements.map(({ number, standing }) => [number, standing])).toEqual([
        [1, 'applied'],
        [2, 'applied, with other values'],
        [3, 'applied'],
        [4, 'applied'],
      ]);
    }
    expect(await rows()).toEqual(before);
  });
});
