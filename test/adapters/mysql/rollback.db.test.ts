import type { Knex } from 'knex';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bundle, Migration } from '../../../src/core/bundle/bundle.ts';
import { type CuttingProxy, MOMENTS, startCuttingProxy } from '../../support/cutting-proxy.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { queriesOf } from '../../support/general-log.ts';
import { type MigratingOptions, migrate } from '../../support/migrating.ts';
import { bundle, migration, SHOP } from '../../support/migrations.ts';
import { plainKnex } from '../../support/plain-knex.ts';
import { testServer } from '../../support/server.ts';

/** A migration that creates a table and drops it in its `down`. */
function table(id: string, name: string): Migration {
  return migration(
    id,
    (knex) =>
      knex.schema.createTable(name, (t) => {
        t.increments('id');
      }),
    { down: (knex) => knex.schema.dropTable(name) },
  );
}

const A = table('20260101000000_create_a', 'a');
const B = table('20260102000000_create_b', 'b');
const C = table('20260103000000_create_c', 'c');
const ABC = bundle(A, B, C);

function rollBack(database: TestDatabase, all: Bundle, options: MigratingOptions) {
  return migrate(database, all, { command: 'rollback', runId: 'the-rollback', ...options });
}

async function tablesOf(database: TestDatabase): Promise<string[]> {
  const rows = await database.query(
    "SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME NOT LIKE 'knex%' AND TABLE_NAME NOT LIKE 'fanfold%' ORDER BY 1",
  );
  return rows.map(({ name }) => String(name));
}

async function appliedIn(database: TestDatabase): Promise<string[]> {
  const rows = await database.query('SELECT name FROM knex_migrations ORDER BY id');
  return rows.map(({ name }) => String(name));
}

describe('rolling back a run', () => {
  it('a rollback of a run undoes the migrations of that run, and not those of earlier runs', async () => {
    const database = await createDatabase('rollback');
    await migrate(database, bundle(A), { runId: 'run-1' });
    await migrate(database, ABC, { runId: 'run-2' });

    expect(await rollBack(database, ABC, { run: 'run-2' })).toMatchObject({
      status: 'reverted',
      reverted: [{ name: `${C.id}.js` }, { name: `${B.id}.js` }],
      notes: [],
    });
    expect(await tablesOf(database)).toEqual(['a']);
    expect(await appliedIn(database)).toEqual([`${A.id}.js`]);
    expect(
      await database.query('SELECT migration, run_id, direction FROM fanfold_journal ORDER BY 1'),
    ).toEqual([
      { migration: A.id, run_id: 'run-1', direction: 'up' },
      { migration: B.id, run_id: 'the-rollback', direction: 'down' },
      { migration: C.id, run_id: 'the-rollback', direction: 'down' },
    ]);

    expect(await rollBack(database, ABC, { run: 'run-2' })).toEqual({
      status: 'unchanged',
      notes: [],
    });
    expect(await migrate(database, ABC, { runId: 'run-3' })).toMatchObject({ status: 'migrated' });
    expect(await tablesOf(database)).toEqual(['a', 'b', 'c']);
    expect(await rollBack(database, ABC, { run: 'run-2' })).toMatchObject({ status: 'unchanged' });
    expect(await rollBack(database, ABC, { run: 'run-3' })).toMatchObject({ status: 'reverted' });
  });

  it('rolling back a run never empties a new tenant whose migrations are one batch', async () => {
    const database = await createDatabase('rollback');
    await migrate(database, bundle(A, B), { runId: 'made-by' });
    await migrate(database, ABC, { runId: 'run-2' });
    await database.query('UPDATE knex_migrations SET batch = 1');
    await rollBack(database, ABC, { run: 'run-2' });
    expect(await tablesOf(database)).toEqual(['a', 'b']);

    expect(await rollBack(database, ABC, { run: 'made-by' })).toMatchObject({
      status: 'failed',
      failure: { code: 'RollbackWouldEmpty', retryable: false },
      reverted: [],
    });
    expect(await tablesOf(database)).toEqual(['a', 'b']);
    expect(await rollBack(database, ABC, { run: 'made-by', allowEmpty: true })).toMatchObject({
      status: 'reverted',
    });
    expect(await tablesOf(database)).toEqual([]);
  });

  it('rolling back a run does not touch migrations of plain Knex, even if the run recorded their checksums', async () => {
    const database = await createDatabase('rollback');
    await plainKnex(database, bundle(A, B)).migrate.latest();
    await migrate(database, ABC, { runId: 'run-1' });
    expect(await rollBack(database, ABC, { run: 'run-1' })).toMatchObject({
      status: 'reverted',
      reverted: [{ name: `${C.id}.js` }],
    });
    expect(await tablesOf(database)).toEqual(['a', 'b']);
  });

  it('rolling back a run needs only one query for a tenant that the run did not touch', async () => {
    const database = await createDatabase('rollback');
    await migrate(database, ABC, { runId: 'another' });
    const queries = await queriesOf(database, async () => {
      expect(await rollBack(database, ABC, { run: 'run-1' })).toEqual({
        status: 'unchanged',
        notes: [],
      });
    });
    expect(queries).toHaveLength(1);
  });

  it('a rollback of a run refuses an older run if a newer one followed, and names the newer one', async () => {
    const database = await createDatabase('rollback');
    await migrate(database, bundle(A), { runId: 'run-1' });
    await migrate(database, bundle(A, B), { runId: 'run-2' });
    await migrate(database, ABC, { runId: 'run-3' });
    expect(await rollBack(database, ABC, { run: 'run-2' })).toMatchObject({
      status: 'failed',
      failure: {
        code: 'RollbackNotNewest',
        message: expect.stringContaining(`${C.id} (run run-3)`),
        nextStep: 'Roll those back first: `fanfold migrate:rollback-run run-3`',
      },
    });
    expect(await tablesOf(database)).toEqual(['a', 'b', 'c']);
  });

  it('a rollback of a run refuses before any change if one of several migrations has no down', async () => {
    const database = await createDatabase('rollback');
    const oneWay = withDown(B, undefined);
    const all = bundle(A, oneWay, C);
    await migrate(database, bundle(A), { runId: 'run-1' });
    await migrate(database, all, { runId: 'run-2' });
    expect(await rollBack(database, all, { run: 'run-2' })).toMatchObject({
      status: 'failed',
      failure: {
        code: 'MigrationWithoutDown',
        message: `Nothing was rolled back, as there is no "down" in: ${oneWay.id}.`,
      },
      reverted: [],
    });
    expect(await tablesOf(database)).toEqual(['a', 'b', 'c']);
  });

  it('a rollback of a run refuses migrations that the bundle lacks', async () => {
    const database = await createDatabase('rollback');
    await migrate(database, ABC, { runId: 'run-1' });
    expect(
      await rollBack(database, bundle(A, B), { run: 'run-1', allowEmpty: true }),
    ).toMatchObject({ status: 'failed', failure: { code: 'MigrationsMissing' } });
  });

  it('a rollback of a run notes a file that has changed since, and refuses it in strict mode', async () => {
    const database = await createDatabase('rollback');
    await migrate(database, ABC, { runId: 'run-1' });
    const changed = bundle(A, B, { ...C, checksum: '0'.repeat(64) });
    const options = { steps: 1 };
    expect(await rollBack(database, changed, { ...options, strict: true })).toMatchObject({
      status: 'failed',
      failure: { code: 'MigrationModified' },
    });
    expect(await rollBack(database, changed, options)).toMatchObject({
      status: 'reverted',
      notes: [{ code: 'MigrationModified' }],
    });
  });

  it('a rollback of a run writes nothing in a plan', async () => {
    const database = await createDatabase('rollback');
    await migrate(database, bundle(A), { runId: 'run-1' });
    await migrate(database, ABC, { runId: 'run-2' });
    const queries = await queriesOf(database, async () => {
      expect(
        await migrate(database, ABC, { command: 'plan', rollback: true, run: 'run-2' }),
      ).toEqual({
        status: 'planned',
        pending: [],
        reverting: [`${C.id}.js`, `${B.id}.js`],
        notes: [],
      });
    });
    expect(queries).toHaveLength(1);
  });
});

describe('rolling back to a migration or by steps', () => {
  it('a rollback to a migration rolls back to a migration, which stays applied', async () => {
    const database = await createDatabase('rollback');
    await migrate(database, ABC, { runId: 'run-1' });
    expect(await rollBack(database, ABC, { to: A.id })).toMatchObject({ status: 'reverted' });
    expect(await tablesOf(database)).toEqual(['a']);
    expect(await rollBack(database, ABC, { to: B.id })).toEqual({ status: 'unchanged', notes: [] });
  });

  it('a rollback by steps takes exactly the given number of steps, even after an interrupted attempt', async () => {
    const database = await createDatabase('rollback');
    await migrate(database, ABC, { runId: 'run-1' });
    let asked = 0;
    const first = await pausing(database, { steps: 2 }, () => ++asked > 2);
    expect(first).toMatchObject({ status: 'continue', reverted: [{ name: `${C.id}.js` }] });
    expect(await rollBack(database, ABC, { steps: 2 })).toMatchObject({
      status: 'reverted',
      reverted: [{ name: `${B.id}.js` }],
    });
    expect(await rollBack(database, ABC, { steps: 2 })).toEqual({ status: 'unchanged', notes: [] });
    // A retry is a separate run that refers to the run whose steps it continues.
    expect(
      await rollBack(database, ABC, { steps: 2, runId: 'retry', stepsOf: 'the-rollback' }),
    ).toEqual({ status: 'unchanged', notes: [] });
    expect(await tablesOf(database)).toEqual(['a']);
    expect(await rollBack(database, ABC, { steps: 5, runId: 'more' })).toMatchObject({
      failure: { code: 'RollbackWouldEmpty' },
    });
  });

  it('a rollback works for the migrations of a shop, including foreign keys', async () => {
    const database = await createDatabase('rollback');
    const [customers, orders, total] = SHOP;
    if (!customers || !orders || !total) throw new Error('The shop has three.');
    const all = bundle(
      customers,
      withDown(orders, (knex) => knex.schema.dropTable('orders')),
      withDown(total, (knex) =>
        knex.schema.alterTable('orders', (t: Knex.CreateTableBuilder) => {
          t.dropColumn('total');
        }),
      ),
    );
    await migrate(database, all, { runId: 'run-1' });
    await rollBack(database, all, { to: customers.id });
    expect(await tablesOf(database)).toEqual(['customers']);
  });
});

describe('a down that fails', () => {
  const failing = (then: string) =>
    withDown(B, async (knex: Knex) => {
      await knex.schema.createTable('b_backup', (t) => {
        t.increments('id');
      });
      await knex.raw(then);
      await knex.schema.dropTable('b');
    });

  it('a down that fails keeps the migration applied and open, blocks other work, and resumes', async () => {
    const database = await createDatabase('rollback');
    await migrate(database, bundle(A, B), { runId: 'run-1' });
    const broken = bundle(A, failing('ALTER TABLE nothing ADD x INT'));
    expect(await rollBack(database, broken, { to: A.id })).toMatchObject({
      status: 'failed',
      failure: { code: 'TableMissing', migration: B.id, statement: { number: 2 } },
      reverted: [],
    });
    expect(await appliedIn(database)).toEqual([`${A.id}.js`, `${B.id}.js`]);

    // A database with an open row is never "unchanged", and no other migration runs.
    expect(await migrate(database, ABC, { runId: 'run-2' })).toMatchObject({
      status: 'failed',
      failure: { code: 'HalfApplied', message: expect.stringContaining('the same rollback') },
    });
    expect(await rollBack(database, broken, { run: 'run-2' })).toMatchObject({
      failure: { code: 'HalfApplied' },
    });

    const fixed = bundle(A, failing('ALTER TABLE a ADD x INT'));
    expect(await rollBack(database, fixed, { to: A.id, runId: 'again' })).toMatchObject({
      status: 'reverted',
      reverted: [{ name: `${B.id}.js` }],
    });
    expect(await tablesOf(database)).toEqual(['a', 'b_backup']);
    expect(await database.query('SELECT * FROM fanfold_journal WHERE number > 0')).toEqual([]);
  });

  it('a down that fails leaves no trace if everything was in a transaction', async () => {
    const database = await createDatabase('rollback');
    const rows = withDown(B, async (knex: Knex) => {
      await knex('a').insert({ id: 7 });
      await knex('nothing').insert({ id: 1 });
    });
    await migrate(database, bundle(A, B), { runId: 'run-1' });
    expect(await rollBack(database, bundle(A, rows), { to: A.id })).toMatchObject({
      failure: { code: 'TableMissing' },
    });
    expect(await database.query('SELECT * FROM a')).toEqual([]);
    expect(await migrate(database, bundle(A, B), { runId: 'run-2' })).toMatchObject({
      status: 'unchanged',
    });
  });

  it('a down that fails keeps the migrations rolled back before it', async () => {
    const database = await createDatabase('rollback');
    await migrate(database, ABC, { runId: 'run-1' });
    const all = bundle(
      A,
      withDown(B, (knex: Knex) => knex.raw('DROP TABLE nothing')),
      C,
    );
    expect(await rollBack(database, all, { to: A.id })).toMatchObject({
      status: 'failed',
      failure: { migration: B.id },
      reverted: [{ name: `${C.id}.js` }],
    });
    expect(await appliedIn(database)).toEqual([`${A.id}.js`, `${B.id}.js`]);
  });
});

function withDown(
  made: Migration,
  down: Awaited<ReturnType<Migration['load']>>['down'],
): Migration {
  return { ...made, load: async () => ({ ...(await made.load()), down }) };
}

function pausing(database: TestDatabase, options: MigratingOptions, pause: () => boolean) {
  return rollBack(database, ABC, { ...options, pause });
}

describe('a down whose connection is cut', () => {
  let proxy: CuttingProxy;
  beforeAll(async () => {
    proxy = await startCuttingProxy(testServer());
  });
  afterAll(() => proxy.close());

  /** Copies tables, drops them and records that in rows: DDL and DML, each once. */
  const twoTables = migration(
    '20260104000000_split_a',
    async (knex) => {
      await knex.raw('CREATE TABLE left_half (id INT PRIMARY KEY)');
      await knex.raw('CREATE TABLE right_half (id INT PRIMARY KEY)');
      await knex('left_half').insert({ id: 1 });
    },
    {
      down: async (knex) => {
        await knex('a').insert({ id: 5 });
        await knex.schema.alterTable('a', (t) => {
          t.integer('note');
        });
        await knex.schema.dropTable('left_half');
        await knex('a').update({ note: 7 });
        await knex.schema.dropTable('right_half');
      },
    },
  );
  const points = [
    /insert into `a`/,
    /alter table `a`/,
    /drop table `left_half`/,
    /update `a`/,
  ].flatMap((query) => MOMENTS.map((moment) => ({ query, moment })));

  it.each([...points, ...MOMENTS.map((moment) => ({ query: /drop table `right_half`/, moment }))])(
    'a down whose connection is cut resumes after a cut $moment $query',
    async (strike) => {
      const database = await createDatabase('rollback');
      const all = bundle(A, twoTables);
      await migrate(database, all, { runId: 'run-1' });
      proxy.strikeAt(strike);
      const cut = { ...database, host: '127.0.0.1', port: proxy.port };
      const first = await rollBack(cut, all, { steps: 1 });
      expect(first.status).toBe('failed');
      // A retry is a separate run.
      const retry = { steps: 1, runId: 'retry', stepsOf: 'the-rollback', fenceWaitSeconds: 10 };
      const second = await rollBack(database, all, retry);
      expect(second).toMatchObject({ status: expect.stringMatching(/^(reverted|unchanged)$/) });
      expect(await tablesOf(database)).toEqual(['a']);
      expect(await database.query('SELECT * FROM a')).toEqual([{ id: 5, note: 7 }]);
      expect(await appliedIn(database)).toEqual([`${A.id}.js`]);
      expect(await database.query('SELECT 1 FROM fanfold_journal WHERE number > 0')).toEqual([]);
    },
  );
});
