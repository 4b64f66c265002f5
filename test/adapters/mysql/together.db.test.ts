import type { Knex } from 'knex';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CuttingProxy, MOMENTS, startCuttingProxy } from '../../support/cutting-proxy.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { queriesOf } from '../../support/general-log.ts';
import { type MigratingOptions, migrate } from '../../support/migrating.ts';
import { bundle, migration } from '../../support/migrations.ts';
import { testServer } from '../../support/server.ts';

const ID = '20260301000000_try_out';
const BASE = migration('20260101000000_create_base', async (knex) => {
  await knex.schema.createTable('base', (table) => {
    table.increments('id');
    table.string('name');
  });
  await knex('base').insert([{ name: 'twice' }, { name: 'twice' }]);
});

let proxy: CuttingProxy;
beforeAll(async () => {
  proxy = await startCuttingProxy(testServer());
});
afterAll(() => proxy.close());

type Up = (knex: Knex) => unknown;

/** A database with the table `base`, and a function that migrates it by `up`, through the proxy or directly. */
async function prepare(up: Up) {
  const database = await createDatabase('together');
  await migrate(database, bundle(BASE));
  const all = bundle(BASE, migration(ID, up));
  const through = { ...database, host: '127.0.0.1', port: proxy.port };
  return {
    database,
    run: (options: MigratingOptions = {}) =>
      migrate(database, all, { fenceWaitSeconds: 10, ...options }),
    runThroughProxy: (options: MigratingOptions = {}) => migrate(through, all, options),
  };
}

async function indexes(database: TestDatabase, table: string): Promise<unknown[]> {
  const found = await database.query(`SHOW INDEX FROM ${table} WHERE Key_name <> 'PRIMARY'`);
  return found.map((row) => row.Key_name).sort();
}

const addsAndIndexes: Up = (knex) =>
  knex.schema.alterTable('base', (table) => {
    table.integer('a').index('by_a');
    table.unique(['name'], { indexName: 'by_name' });
    table.integer('b').index('by_b');
  });

describe('the statements of a schema builder', () => {
  it('statements of a schema builder share a packet as far as names prove them, unless there is a statement timeout', async () => {
    const create: Up = (knex) =>
      knex.schema.createTable('more', (table) => {
        table.integer('a').index('by_a');
        table.integer('b').index('by_b');
      });
    const together = await prepare(create);
    proxy.strikeAt(undefined);
    expect(await together.runThroughProxy()).toMatchObject({ status: 'migrated' });
    const packets = proxy.queries();
    expect(await indexes(together.database, 'more')).toEqual(['by_a', 'by_b']);

    const apart = await prepare(create);
    proxy.strikeAt(undefined);
    expect(await apart.runThroughProxy({ statementTimeoutSeconds: 60 })).toMatchObject({
      status: 'migrated',
    });
    expect(proxy.queries() - packets).toBe(2);
  });

  it('report the statement that failed, and resume after those that are done', async () => {
    const { database, run } = await prepare(addsAndIndexes);
    const failed = {
      status: 'failed',
      failure: {
        code: 'DuplicateData',
        errno: 1062,
        statement: { number: expect.any(Number), text: expect.stringMatching(/add unique/i) },
      },
    };
    expect(await run()).toMatchObject(failed);
    const left = await indexes(database, 'base');
    expect(await run()).toMatchObject(failed);
    expect(await indexes(database, 'base')).toEqual(left);

    await database.query('DELETE FROM base WHERE id = 2');
    expect(await run()).toMatchObject({ status: 'migrated' });
    expect(await indexes(database, 'base')).toEqual(['by_a', 'by_b', 'by_name']);
    expect(await database.query('SELECT 1 FROM fanfold_journal WHERE number > 0')).toEqual([]);
  });

  it('report the first statement if that fails', async () => {
    const { database, run } = await prepare((knex) =>
      knex.schema.createTable('base', (table) => table.integer('a').index('by_a')),
    );
    expect(await run()).toMatchObject({
      status: 'failed',
      failure: { code: 'TableExists', errno: 1050, statement: { number: 1 } },
    });
    expect(await indexes(database, 'base')).toEqual([]);
  });

  it('statements of a schema builder never count as done on a table that could not be created', async () => {
    const { database, run } = await prepare(async (knex) => {
      await knex.schema
        .createTable('base', (table) => table.integer('a'))
        .raw('SELECT 1')
        .catch(() => {});
      await knex.raw('CREATE TABLE other (id INT)');
      await knex.raw('ALTER TABLE base ADD INDEX by_name (name)');
    });
    const queries = await queriesOf(database, async () => {
      expect(await run()).toMatchObject({ status: 'migrated' });
    });
    expect(queries.join(' ')).toContain('SHOW CREATE TABLE `base`');
    expect(await indexes(database, 'base')).toEqual(['by_name']);
  });

  it('statements of a schema builder allow the migration to continue after one of them failed', async () => {
    const { database, run } = await prepare(async (knex) => {
      await Promise.resolve(addsAndIndexes(knex)).catch(() => {});
      await knex.schema.alterTable('base', (table) =>
        table.unique(['a'], { indexName: 'by_name' }),
      );
      await knex('base').insert({ name: 'late' });
    });
    expect(await run()).toMatchObject({ status: 'migrated' });
    expect(await indexes(database, 'base')).toEqual(expect.arrayContaining(['by_a', 'by_name']));
    expect(await database.query('SELECT name FROM base')).toHaveLength(3);
  });

  it.each<[string, Up, readonly string[]]>([
    [
      'one builder',
      (knex) =>
        knex.schema
          .createTable('t1', (table) => table.integer('a').index('by_a'))
          .createTable('t2', (table) => table.integer('b').index('by_b'))
          .alterTable('base', (table) => table.integer('c').index('by_c')),
      ['t1', 't2', 'base'],
    ],
    [
      'builders at the same time',
      (knex) =>
        Promise.all([
          knex.schema.createTable('t1', (table) => table.integer('a').index('by_a')),
          knex.schema.createTable('t2', (table) => table.integer('b').index('by_b')),
          knex.schema.alterTable('base', (table) => table.integer('c').index('by_c')),
        ]),
      ['t1', 't2', 'base'],
    ],
  ])(
    'statements of a schema builder end correctly wherever the connection is cut: %s',
    async (_, up, tables) => {
      for (const moment of MOMENTS) {
        for (let query = 3; ; query++) {
          const { database, run, runThroughProxy } = await prepare(up);
          proxy.strikeAt({ query, moment });
          const first = await runThroughProxy();
          if (first.status === 'migrated') break;
          const again = await run();
          expect(again, JSON.stringify(again)).toMatchObject({
            status: expect.stringMatching(/migrated|unchanged/),
          });
          const found = await Promise.all(tables.map((table) => indexes(database, table)));
          expect(found, `cut ${moment} query ${query}`).toEqual([['by_a'], ['by_b'], ['by_c']]);
        }
      }
    },
  );
});
