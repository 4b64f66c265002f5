import { hash } from 'node:crypto';
import { expect, it } from 'vitest';
import { createTlsChooser } from '../../../../src/adapters/mysql/connection/tls.ts';
import { createDatabaseServers } from '../../../../src/adapters/mysql/database-servers.ts';
import { createInspectDatabase } from '../../../../src/adapters/mysql/inspect-database.ts';
import { createDatabase, type TestDatabase } from '../../../support/database.ts';
import { testServer } from '../../../support/server.ts';

const CONNECTING = { connectTimeoutMs: 3_000, tls: createTlsChooser({ mode: 'auto' }) };
const OWN = '_fanfold_oc_0123456789ab';
const OTHER = '_fanfold_oc_ba9876543210';

async function ground(): Promise<TestDatabase> {
  const database = await createDatabase('leftovers');
  const connection = await database.multiConnection();
  await connection.query(`
    CREATE TABLE events (id INT PRIMARY KEY, amount INT);
    CREATE TABLE ${OWN}_gho LIKE events;
    CREATE TABLE ${OWN}_ghc (hint VARCHAR(20) PRIMARY KEY, value VARCHAR(50));
    INSERT INTO ${OWN}_ghc VALUES ('heartbeat', '2026-01-01');
    CREATE TABLE ${OTHER}_gho LIKE events;
    CREATE TABLE ${OTHER}_del LIKE events;
    INSERT INTO ${OTHER}_del VALUES (1, 1);
    CREATE TABLE _events_new LIKE events;
    CREATE TABLE _settings (id INT PRIMARY KEY);
  `);
  await database.closeConnections();
  // MySQL with a binary log lets only administrators create triggers.
  const root = await testServer().rootConnection();
  await root.query(`CREATE TRIGGER ${database.database}.pt_osc_acme_events_ins AFTER INSERT ON ${database.database}.events
    FOR EACH ROW REPLACE INTO _events_new VALUES (NEW.id, NEW.amount)`);
  return database;
}

const drop = ({ host, port, database }: TestDatabase) => {
  const { user, password } = testServer();
  return createDatabaseServers(CONNECTING).using({ host, port }, { user, password }, (server) =>
    server.dropOnlineWork(database),
  );
};

async function tablesOf(database: TestDatabase): Promise<unknown[]> {
  const rows = await database.query('SHOW TABLES');
  return rows.flatMap((row) => Object.values(row)).sort();
}

it('an inspection names unfinished online changes, and whose they are', async () => {
  const { onlineWork } = await createInspectDatabase(CONNECTING)(await ground());
  expect(
    [...onlineWork].sort((a, b) => ((a.tables[0] ?? '') < (b.tables[0] ?? '') ? -1 : 1)),
  ).toMatchObject([
    {
      by: 'pt-online-schema-change',
      table: 'events',
      tables: ['_events_new'],
      triggers: ['pt_osc_acme_events_ins'],
    },
    { by: 'Fanfold', tables: [`${OWN}_ghc`, `${OWN}_gho`], oldRows: undefined },
    { by: 'Fanfold', tables: [`${OTHER}_del`, `${OTHER}_gho`], oldRows: `${OTHER}_del` },
  ]);
});

it('dropping interrupted online changes spares old rows, and tables of others', async () => {
  const database = await ground();
  expect([...(await drop(database))].sort()).toEqual([`${OWN}_ghc`, `${OWN}_gho`, `${OTHER}_gho`]);
  expect(await tablesOf(database)).toEqual(
    ['_events_new', `${OTHER}_del`, '_settings', 'events'].sort(),
  );
});

it('tables of Spirit are dropped if a table of ours marks them, and spared while it is at work', async () => {
  const database = await createDatabase('leftovers');
  const connection = await database.multiConnection();
  await connection.query(`
    CREATE TABLE events (id INT PRIMARY KEY);
    CREATE TABLE ${OWN}_spi (id INT PRIMARY KEY) COMMENT = 'events';
    CREATE TABLE _events_new LIKE events;
    CREATE TABLE _events_chkpnt LIKE events;
    CREATE TABLE _others_new LIKE events;`);
  const name = database.database;
  const lock = `${name.slice(0, 20)}.events-${hash('sha1', `${name}events`, 'hex').slice(0, 8)}`;
  await connection.query('SELECT GET_LOCK(?, 0)', [lock]);
  await expect(drop(database)).rejects.toMatchObject({ code: 'TenantBusy' });
  await connection.query('SELECT RELEASE_LOCK(?)', [lock]);
  expect([...(await drop(database))].sort()).toEqual([
    '_events_chkpnt',
    '_events_new',
    `${OWN}_spi`,
  ]);
  expect(await tablesOf(database)).toEqual(['_others_new', 'events']);
});

it('nothing is dropped while a migrator holds the fence', async () => {
  const database = await ground();
  const holder = await database.connection();
  await holder.query('SELECT GET_LOCK(?, 0)', [`fanfold:${database.database.toLowerCase()}`]);
  await expect(drop(database)).rejects.toMatchObject({ code: 'TenantBusy', retryable: true });
  expect(await tablesOf(database)).toHaveLength(7);
});

it('nothing is dropped while a gh-ost that has outlived its run writes heartbeats', async () => {
  const database = await ground();
  const program = await database.connection();
  const beat = setInterval(() => {
    void program.query(`UPDATE ${OWN}_ghc SET value = UUID() WHERE hint = 'heartbeat'`);
  }, 100);
  await expect(drop(database)).rejects.toMatchObject({
    code: 'TenantBusy',
    message: expect.stringContaining('at work'),
  });
  clearInterval(beat);
  expect(await tablesOf(database)).toHaveLength(7);
});
