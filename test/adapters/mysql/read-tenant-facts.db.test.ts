import { expect, onTestFinished, test, vi } from 'vitest';
import { createTlsChooser } from '../../../src/adapters/mysql/connection/tls.ts';
import { createReadTenantFacts } from '../../../src/adapters/mysql/read-tenant-facts.ts';
import type { TenantFacts } from '../../../src/core/safety/forecast/tenant-facts.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { ownServerFolder, startOwnServer } from '../../support/own-server.ts';
import { testServer } from '../../support/server.ts';

vi.setConfig({ testTimeout: 120_000 });

const isMySql = testServer().flavour === 'mysql';

/** Reads as the command line does. */
function read(
  login: Pick<TestDatabase, 'host' | 'port' | 'user' | 'password' | 'database'>,
  tables: readonly string[],
): Promise<TenantFacts> {
  const { host, port, user, password, database } = login;
  const tls = createTlsChooser({ mode: 'auto' });
  const facts = createReadTenantFacts({ connectTimeoutMs: 3_000, tls });
  return facts({ host, port, user, password, database }, tables);
}

test('sizes are those of now, whatever the kind of the table, and doubts are named', async () => {
  const database = await createDatabase('facts');
  for (const sql of [
    'CREATE TABLE plain (id INT AUTO_INCREMENT PRIMARY KEY, body VARCHAR(400), INDEX (body))',
    'CREATE TABLE parts (id INT PRIMARY KEY, body VARCHAR(400)) PARTITION BY HASH (id) PARTITIONS 4',
    'CREATE TABLE packed (id INT PRIMARY KEY, body VARCHAR(400)) ROW_FORMAT = COMPRESSED',
    'CREATE TABLE old (id INT AUTO_INCREMENT PRIMARY KEY) STATS_PERSISTENT = 1, STATS_AUTO_RECALC = 0',
    'CREATE TABLE vacant (id INT PRIMARY KEY)',
    'CREATE VIEW seen AS SELECT * FROM plain',
    "INSERT INTO plain (body) VALUES (REPEAT('x', 400))",
    ...Array.from({ length: 10 }, () => 'INSERT INTO plain (body) SELECT body FROM plain'),
    'INSERT INTO parts SELECT id, body FROM plain',
    'INSERT INTO packed SELECT id, body FROM plain',
    'ALTER TABLE old AUTO_INCREMENT = 500000',
    'ANALYZE TABLE plain, parts, packed',
  ]) {
    await database.query(sql);
  }
  const names = ['plain', 'parts', 'packed', 'old', 'vacant', 'seen', 'missing'];
  const { tables, server } = await read(database, names);
  const by = new Map(tables.map((table) => [table.name, table]));
  expect([...by.keys()].sort()).toEqual(['old', 'packed', 'parts', 'plain', 'seen', 'vacant']);
  for (const name of ['plain', 'parts']) {
    expect(by.get(name)?.rows).toBeGreaterThan(900);
    expect(by.get(name)?.dataBytes).toBeGreaterThan(400_000);
    expect(by.get(name)?.doubt).toBeUndefined();
  }
  expect(by.get('plain')?.indexBytes).toBeGreaterThan(400_000);
  expect(by.get('packed')?.doubt).toBe('compressed');
  expect(by.get('old')?.doubt).toBe('old statistics');
  expect(by.get('seen')?.doubt).toBe('view');
  expect(by.get('vacant')).toMatchObject({ rows: 0, doubt: undefined });
  expect(server).toMatch(/^(?:MySQL|MariaDB|Percona Server) \d/);
});

test('a login without privileges is told what it cannot see, never that there is none', async () => {
  const database = await createDatabase('facts');
  await database.query('CREATE TABLE t (id INT PRIMARY KEY)');
  const { transactions, holders, replication } = await read(database, ['t']);
  expect(transactions).toEqual({ hidden: expect.stringContaining('PROCESS') });
  expect(holders).toEqual({
    hidden: expect.stringContaining(
      isMySql ? 'SELECT on performance_schema' : 'METADATA_LOCK_INFO',
    ),
  });
  expect(replication).toEqual({
    hidden: expect.stringContaining(isMySql ? 'REPLICATION CLIENT' : 'REPLICA MONITOR'),
  });
});

test('a login that may see other sessions is shown long transactions and replication', async () => {
  const database = await createDatabase('facts');
  await database.query('CREATE TABLE t (id INT PRIMARY KEY)');
  await database.query('INSERT INTO t VALUES (1)');
  await database.grant('PROCESS ON *.*');
  await database.grant(isMySql ? 'REPLICATION CLIENT ON *.*' : 'REPLICA MONITOR ON *.*');
  const root = await testServer().rootConnection();
  onTestFinished(() => root.destroy());
  await root.query(`USE \`${database.database}\``);
  await root.query('BEGIN');
  await root.query('UPDATE t SET id = 2');
  const early = await read(database, ['t']);
  // A transaction of a moment is not a long one.
  expect(early.transactions).toEqual({ seen: [] });
  // A gh-ost of other tests is a replica of this server for a moment.
  await vi.waitFor(
    async () => {
      const { replication } = await read(database, ['t']);
      expect(replication).toEqual({ seen: { replicas: 0, replicasSending: 0 } });
    },
    { timeout: 15_000, interval: 500 },
  );
  await root.query('SELECT SLEEP(11)');
  const { transactions } = await read(database, ['t']);
  expect(transactions).toEqual({
    seen: [{ id: root.threadId, user: 'root', seconds: expect.any(Number) }],
  });
});

test.runIf(isMySql)(
  'holders of metadata locks on the touched tables are shown, and no others',
  async () => {
    const database = await createDatabase('facts');
    await database.query('CREATE TABLE t (id INT PRIMARY KEY)');
    await database.query('CREATE TABLE other (id INT PRIMARY KEY)');
    await database.grant('SELECT ON performance_schema.*');
    expect((await read(database, ['t'])).holders).toEqual({ seen: [] });
    const root = await testServer().rootConnection();
    onTestFinished(() => root.destroy());
    await root.query(`USE \`${database.database}\``);
    await root.query('BEGIN');
    // The stronger lock is on the other table.
    await root.query('INSERT INTO other VALUES (1)');
    expect((await read(database, ['t'])).holders).toEqual({ seen: [] });
    await root.query('SELECT * FROM t');
    expect((await read(database, ['t'])).holders).toMatchObject({
      seen: [{ id: root.threadId, table: 't', lock: 'a lock on the table' }],
    });
  },
);

test('sizes of 1,000 tables are read in the round trips of one', async () => {
  const database = await createDatabase('facts');
  const names = Array.from({ length: 1_000 }, (_, index) => `t${index}`);
  const connection = await database.multiConnection();
  for (let from = 0; from < names.length; from += 100) {
    const some = names.slice(from, from + 100);
    await connection.query(
      some.map((name) => `CREATE TABLE ${name} (id INT PRIMARY KEY) ENGINE = MEMORY`).join(';'),
    );
  }
  const questions = async () => {
    const root = await testServer().rootConnection();
    const [rows] = await root.query("SHOW GLOBAL STATUS LIKE 'Questions'");
    root.destroy();
    return Number((rows as { Value: string }[])[0]?.Value);
  };
  const before = await questions();
  expect((await read(database, names)).tables).toHaveLength(1_000);
  // Others use the server as well, but not once for each table.
  expect((await questions()) - before).toBeLessThan(800);
});

test('a table that somebody has locked is waited for at most some seconds', async () => {
  const database = await createDatabase('facts');
  await database.query('CREATE TABLE t (id INT PRIMARY KEY)');
  const holder = await database.connection();
  await holder.query('LOCK TABLES t WRITE');
  const { tables } = await read(database, ['t']);
  expect(tables.map(({ name }) => name)).toEqual(['t']);
});

test.runIf(ownServerFolder() !== undefined)(
  'a server without its performance schema is not one without locks',
  async () => {
    const server = await startOwnServer();
    onTestFinished(() => server.stop());
    const { host, port, user, password } = server;
    const root = await server.connection();
    await root.query('CREATE DATABASE facts');
    await root.query('CREATE TABLE facts.t (id INT PRIMARY KEY)');
    await root.end();
    server.crash();
    const plugin = '--plugin-load-add=metadata_lock_info';
    await server.restart([isMySql ? '--performance-schema=OFF' : plugin]);
    const login = { host, port, user, password, database: 'facts' };
    const { holders } = await read(login, ['t']);
    if (isMySql) {
      expect(holders).toEqual({ hidden: expect.stringContaining('performance_schema is off') });
      return;
    }
    expect(holders).toEqual({ seen: [] });
    const busy = await server.connection('facts');
    await busy.query('BEGIN');
    await busy.query('SELECT * FROM t');
    expect((await read(login, ['t'])).holders).toMatchObject({ seen: [{ table: 't' }] });
    await busy.end();
  },
);
