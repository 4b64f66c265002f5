import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import knex from 'knex';
import type { RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

  it.each([1, 2, 3, 4, 5, 6])(
    'only one of two simultaneous first runs migrates (round %i)',
    async () => {
      const database = await createDatabase();
      const attempts = await Promise.all(
        [0, 1].map((node) => migrate(database.on(node), bundle(COUNT))),
      );
      const ends = attempts.map((each) =>
        each.status === 'failed' ? each.failure.code : each.status,
      );
      expect(ends.filter((end) => end === 'migrated')).toHaveLength(1);
      expect(['TenantBusy', 'unchanged', 'migrated']).toEqual(expect.arrayContaining(ends));
      expect(await database.query(0, 'SELECT COUNT(*) AS n FROM counts')).toEqual([{ n: 2 }]);
      expect(await database.query(0, 'SELECT name FROM knex_migrations')).toHaveLength(1);
    },
  );

  it.each([1, 2, 3, 4, 5, 6])(
    'only one of two simultaneous later runs migrates (round %i)',
    async () => {
      const database = await createDatabase();
      expect(await migrate(database.on(0), bundle(...SHOP))).toMatchObject({ status: 'migrated' });
      await sleep(200);
      const attempts = await Promise.all(
        [1, 0].map((node) => migrate(database.on(node), bundle(...SHOP, COUNT))),
      );
      const ends = attempts.map((each) =>
        each.status === 'failed' ? each.failure.code : each.status,
      );
      expect(ends.filter((end) => end === 'migrated')).toHaveLength(1);
      expect(['TenantBusy', 'unchanged', 'migrated']).toEqual(expect.arrayContaining(ends));
      expect(await database.query(0, 'SELECT COUNT(*) AS n FROM counts')).toEqual([{ n: 2 }]);
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
