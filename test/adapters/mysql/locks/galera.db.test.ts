import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import knex from 'knex';
import type { RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROCESS_LIST } from '../../../../src/adapters/mysql/connection/process-list.ts';
import { createTlsChooser } from '../../../../src/adapters/mysql/connection/tls.ts';
import { createInspectDatabase } from '../../../../src/adapters/mysql/inspect-database.ts';
import { type GaleraCluster, galeraMissing, startGalera } from '../../../support/galera.ts';
import { migrate } from '../../../support/migrating.ts';
import { bundle, migration, SHOP } from '../../../support/migrations.ts';
import { testServer } from '../../../support/server.ts';

const missing = galeraMissing();
const isOtherProject = testServer().flavour !== 'mariadb';
if (missing !== undefined) process.stdout.write(`Tests on Galera are skipped: ${missing}.\n`);

/** Two simultaneous runs would leave another number, or create the table twice. */
const COUNT = migration(
  '20260201000000_count',
  async (knex) => {
    await knex.schema.createTable('counts', (table) => {
      table.increments('id');
    });
    await knex('counts').insert({});
    await knex.raw('DO SLEEP(0.3)');
    await knex('counts').insert({});
  },
  { transaction: false },
);

describe.skipIf(missing !== undefined || isOtherProject)('on two nodes of a Galera cluster', () => {
  let cluster: GaleraCluster;

  beforeAll(async () => {
    // Another process may take a free port before the node does.
    cluster = await startGalera().catch(() => startGalera());
  }, 120_000);
  afterAll(() => cluster?.stop());

  async function createDatabase() {
    const database = `ff_galera_${randomBytes(6).toString('hex')}`;
    await ask(0, `CREATE DATABASE ${database}`);
    await everywhere(`USE ${database}`);
    return {
      on: (node: number) => ({ ...loginOf(node), database }),
      query: (node: number, sql: string) => ask(node, sql, database),
    };
  }

  const nodeOf = (node: number) => cluster.nodes[node] ?? cluster.nodes[0];
  function loginOf(node: number) {
    const { host, port, user, password } = nodeOf(node);
    return { host, port, user, password };
  }

  async function ask(node: number, sql: string, database?: string) {
    const connection = await nodeOf(node).connection(database);
    try {
      // A node answers with its own data, and the other node's newest commit may not have arrived.
      await connection.query('SET SESSION wsrep_sync_wait = 1');
      return (await connection.query<RowDataPacket[]>(sql))[0];
    } finally {
      connection.destroy();
    }
  }

  /** Waits until a statement succeeds on both nodes. */
  async function everywhere(sql: string) {
    const fails = (node: number) =>
      ask(node, sql).then(
        () => false,
        () => true,
      );
    for (const node of [0, 1]) while (await fails(node)) await sleep(20);
  }

  it('GET_LOCK gives the same lock to both nodes, so it is not enough', async () => {
    const [one, two] = await Promise.all(cluster.nodes.map((node) => node.connection()));
    for (const connection of [one, two])
      expect((await connection?.query("SELECT GET_LOCK('both', 0) AS got"))?.[0]).toEqual([
        { got: 1 },
      ]);
    one?.destroy();
    two?.destroy();
  });

  it.each([
    ['first', [1, 2, 3, 4, 5, 6]],
    ['later', [1, 2, 3, 4, 5, 6]],
  ] as const)(
    'on two nodes of a Galera cluster, only one of two simultaneous %s runs migrates',
    async (which, rounds) => {
      for (const _round of rounds) {
        const database = await createDatabase();
        const before = which === 'first' ? [] : SHOP;
        if (before.length > 0) {
          expect(await migrate(database.on(0), bundle(...before))).toMatchObject({
            status: 'migrated',
          });
          await sleep(200);
        }
        const run = (node: number) => migrate(database.on(node), bundle(...before, COUNT));
        const attempts = await Promise.all([0, 1].map(run));
        // The cluster may roll both back: the first writes of two nodes exclude each other.
        for (const attempt of attempts)
          expect(
            attempt.status === 'failed'
              ? `${attempt.failure.code} ${attempt.failure.retryable}`
              : attempt.status,
          ).toMatch(/^(migrated|unchanged|TenantBusy true|Deadlock true)$/);
        const migrated = attempts.filter(({ status }) => status === 'migrated').length;
        expect(migrated).toBeLessThanOrEqual(1);
        await sleep(200);
        expect(await run(1)).toMatchObject({ status: migrated === 1 ? 'unchanged' : 'migrated' });
        expect(await database.query(1, 'SELECT COUNT(*) AS n FROM counts')).toEqual([{ n: 2 }]);
        expect(await database.query(1, 'SELECT name FROM knex_migrations')).toHaveLength(
          before.length + 1,
        );
      }
    },
  );

  it.each([
    ['DO SLEEP(0.6)', false],
    ['SELECT SLEEP(0.6)', false],
    ['SET @slept = SLEEP(0.6)', false],
    ['UPDATE counts SET id = id + 100 WHERE SLEEP(0.6) = 1', false],
    ['DO SLEEP(0.6)', true],
    ['UPDATE counts SET id = id + 100 WHERE SLEEP(0.6) = 1', true],
  ])(
    'rows that another node has rolled back during %s are inserted again (transaction: %s)',
    async (statement, transaction) => {
      const database = await createDatabase();
      const inserts = migration(
        '20260301000000_insert',
        async (knex) => {
          await knex('counts').insert({ id: 1 });
          await knex.raw(statement);
          await knex('counts').insert({ id: 2 });
        },
        { transaction },
      );
      const table = migration('20260201000000_table', (knex) =>
        knex.schema.createTable('counts', (made) => made.integer('id').primary()),
      );
      await migrate(database.on(0), bundle(table));
      await sleep(200);
      const attempt = migrate(database.on(0), bundle(table, inserts));
      while (
        (
          await database.query(
            0,
            `SELECT 1 FROM ${PROCESS_LIST} WHERE INFO LIKE '%SLEEP(0.6)%' AND ID <> CONNECTION_ID()`,
          )
        ).length === 0
      );
      await database.query(1, 'ALTER TABLE counts ADD COLUMN other INT');
      // Rows that were committed before stay.
      const first = await attempt;
      if (transaction || first.status === 'failed')
        expect(first).toMatchObject({
          status: 'failed',
          failure: { code: 'Deadlock', retryable: true },
        });
      expect(['migrated', 'unchanged']).toContain(
        (await migrate(database.on(0), bundle(table, inserts))).status,
      );
      expect(await database.query(0, 'SELECT id FROM counts')).toEqual([{ id: 1 }, { id: 2 }]);
    },
  );

  it.each([0, 1])('a set lock is never cleared automatically (node %i)', async (node) => {
    const database = await createDatabase();
    await migrate(database.on(0), bundle(...SHOP.slice(0, 1)));
    for (const value of [1, 2, -77, 123_456_789]) {
      await database.query(0, `UPDATE knex_migrations_lock SET is_locked = ${value}`);
      await sleep(100);
      const attempt = await migrate(database.on(node), bundle(...SHOP));
      expect(attempt).toMatchObject({
        status: 'failed',
        failure: {
          code: 'TenantBusy',
          retryable: true,
          message: expect.stringContaining('Galera'),
          nextStep: expect.stringMatching(/UPDATE `\w+`.`knex_migrations_lock` SET is_locked = 0/),
        },
      });
      expect(await database.query(node, 'SELECT is_locked FROM knex_migrations_lock')).toEqual([
        { is_locked: value },
      ]);
    }
    await database.query(0, 'UPDATE knex_migrations_lock SET is_locked = 0');
    await sleep(100);
    expect(await migrate(database.on(node), bundle(...SHOP))).toMatchObject({ status: 'migrated' });
  });

  it('a run blocks plain Knex on the other node, and releases the lock', async () => {
    const database = await createDatabase();
    await migrate(database.on(0), bundle(...SHOP));
    await sleep(200);
    const slow = migration('20260202000000_slow', (db) => db.raw('DO SLEEP(1)'));
    const run = migrate(database.on(0), bundle(...SHOP, slow));
    while (
      (await database.query(1, 'SELECT 1 FROM knex_migrations_lock WHERE is_locked <> 0'))
        .length === 0
    )
      await sleep(20);
    const plain = knex({
      client: 'mysql2',
      connection: database.on(1),
      migrations: { tableName: 'knex_migrations', migrationSource: sourceOf(...SHOP, COUNT) },
    });
    await expect(plain.migrate.latest()).rejects.toThrow(/already locked/);
    await plain.destroy();
    expect(await run).toMatchObject({ status: 'migrated' });
    await sleep(200);
    for (const node of [0, 1])
      expect(await database.query(node, 'SELECT is_locked FROM knex_migrations_lock')).toEqual([
        { is_locked: 0 },
      ]);
  });

  it('a failure releases the lock, and so does a lost connection', async () => {
    const database = await createDatabase();
    const bad = migration('20260101000000_fail_always', (db) => db.raw('SELECT broken'));
    expect(await migrate(database.on(0), bundle(bad))).toMatchObject({ status: 'failed' });
    const killed = migration('20260101000000_kill_me', async (db) => {
      const [[{ id }]] = await db.raw('SELECT CONNECTION_ID() AS id');
      await ask(0, `KILL ${id}`);
      await db.raw('SELECT 1');
    });
    expect(await migrate(database.on(0), bundle(killed))).toMatchObject({
      failure: { code: 'FenceLost' },
    });
    await sleep(200);
    expect(await database.query(1, 'SELECT is_locked FROM knex_migrations_lock')).toEqual([
      { is_locked: 0 },
    ]);
  });

  it('a missing lock table or row is created', async () => {
    const database = await createDatabase();
    await migrate(database.on(0), bundle(...SHOP.slice(0, 1)));
    await database.query(0, 'DELETE FROM knex_migrations_lock');
    await sleep(100);
    expect(await migrate(database.on(1), bundle(...SHOP.slice(0, 2)))).toMatchObject({
      status: 'migrated',
    });
    await database.query(0, 'DROP TABLE knex_migrations_lock');
    await sleep(100);
    expect(await migrate(database.on(1), bundle(...SHOP))).toMatchObject({ status: 'migrated' });
    expect(await database.query(1, 'SELECT `index`, is_locked FROM knex_migrations_lock')).toEqual([
      { index: 1, is_locked: 0 },
    ]);
  });

  it('a node that refuses statements is reported as not ready, which is retryable', async () => {
    const database = await createDatabase();
    const root = await nodeOf(1).connection();
    await root.query("SET GLOBAL wsrep_reject_queries = 'ALL'");
    const attempt = await migrate(database.on(1), bundle(...SHOP));
    await root.query("SET GLOBAL wsrep_reject_queries = 'NONE'");
    root.destroy();
    expect(attempt).toMatchObject({ failure: { code: 'ServerNotReady', retryable: true } });
    expect(await migrate(database.on(1), bundle(...SHOP))).toMatchObject({ status: 'migrated' });
  });

  it('doctor shows the holder of the lock', async () => {
    const database = await createDatabase();
    await migrate(database.on(0), bundle(...SHOP));
    await database.query(0, 'UPDATE knex_migrations_lock SET is_locked = 123456789');
    const inspect = createInspectDatabase({
      connectTimeoutMs: 3_000,
      tls: createTlsChooser({ mode: 'auto' }),
    });
    expect((await inspect(database.on(0))).knexLock.state).toBe('running');
  });
});

function sourceOf(...migrations: ReturnType<typeof migration>[]) {
  return {
    getMigrations: async () => migrations,
    getMigrationName: ({ id, extension }: (typeof migrations)[number]) => id + extension,
    getMigration: async (each: (typeof migrations)[number]) =>
      (await each.load()) as import('knex').Knex.Migration,
  };
}
