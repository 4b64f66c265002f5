import { createConnection, type Connection as OwnConnection } from 'mysql2';
import type { Connection } from 'mysql2/promise';
import { expect } from 'vitest';
import { readOtherSessions } from '../../../../src/adapters/mysql/connection/process-list.ts';
import {
  findSession,
  sessionsOnThisDatabase,
} from '../../../../src/adapters/mysql/connection/sessions.ts';
import { createTlsChooser } from '../../../../src/adapters/mysql/connection/tls.ts';
import { readReplication } from '../../../../src/adapters/mysql/forecast/read-replication.ts';
import { readTransactions } from '../../../../src/adapters/mysql/forecast/read-transactions.ts';
import { createInspectDatabase } from '../../../../src/adapters/mysql/inspect-database.ts';
import { fenceName } from '../../../../src/adapters/mysql/locks/fence-name.ts';
import { freeKnexLock } from '../../../../src/adapters/mysql/locks/free-knex-lock.ts';
import { judgeLock } from '../../../../src/adapters/mysql/locks/judge-lock.ts';
import { describeBlockers } from '../../../../src/adapters/mysql/locks/lock-blockers.ts';
import { lockValueOf } from '../../../../src/adapters/mysql/locks/lock-value.ts';
import { LockWatch } from '../../../../src/adapters/mysql/locks/waits/lock-watch.ts';
import { createWatchDatabase } from '../../../../src/adapters/mysql/watch-database.ts';
import { serverFlavour } from '../../../../src/adapters/server/server-flavour.ts';
import type { ConnectionLogin } from '../../../../src/core/ports.ts';
import { seenSoon } from '../../../support/process-list.ts';
import type { NastyText } from './nasty-texts.ts';

/** A tenant's database with a table `t`, and the connections of its user and of an administrator. */
export interface Place {
  readonly login: ConnectionLogin & { readonly password: string };
  readonly own: OwnConnection;
  readonly root: OwnConnection;
  readonly version: string;
}

const TLS = { connectTimeoutMs: 10_000, tls: createTlsChooser({ mode: 'auto' }) };

/** A session of the tenant's user that runs a text, in a transaction, with the fence. */
export async function startNasty({ login }: Place, { charset, bytes }: NastyText) {
  // The driver sends a text as bytes then.
  const connection = createConnection({ ...login, charset: 'BINARY', multipleStatements: true });
  connection.on('error', () => {});
  await send(connection, `DO GET_LOCK('${fenceName(login.database)}', 10)`);
  await send(connection, 'BEGIN; INSERT INTO t VALUES (); ');
  await send(connection, `SET character_set_client = ${charset}`);
  connection.query(`SELECT SLEEP(60), ${bytes.toString('latin1')}`, () => {});
  return connection;
}

/** Reads the process list by each function of ours, while a session runs a nasty text. */
export async function checkReads(place: Place, nasty: OwnConnection): Promise<void> {
  const { login, own, root } = place;
  const id = nasty.threadId;
  const isNasty = expect.objectContaining({
    id,
    user: login.user,
    statement: expect.stringMatching(/^SELECT SLEEP\(\?\)/),
  });
  await seenSoon(async () => (await readOtherSessions(own, { state: ['User sleep'] }))[0]);
  expect(await findSession(own, id)).toEqual(isNasty);
  expect(await readOtherSessions(own)).toEqual([
    expect.objectContaining({ id, user: login.user, database: login.database, command: 'Query' }),
  ]);
  expect(await readOtherSessions(root, { database: [login.database.toUpperCase()] })).toEqual(
    expect.arrayContaining([expect.objectContaining({ id })]),
  );
  expect(await readOtherSessions(own, { state: ['User sleep'], user: [login.user] })).toHaveLength(
    1,
  );
  expect(await readOtherSessions(own, { id: [] })).toEqual([]);
  expect(await sessionsOnThisDatabase(own)).toEqual([isNasty]);

  const named = expect.stringContaining(`connection ${id} (user ${login.user})`);
  expect(await judgeLock(own, [1])).toEqual({ kind: 'held', isFanfolds: false, who: named });
  expect(await judgeLock(own, [lockValueOf({ id, user: login.user })])).toMatchObject({
    kind: 'held',
    who: named,
  });
  expect(await judgeLock(own, [lockValueOf({ id: id + 1, user: login.user })])).toMatchObject({
    kind: 'stale',
  });
  await expect(freeKnexLock(root, login.database, 'knex_migrations')).rejects.toMatchObject({
    code: 'TenantBusy',
    message: named,
  });
  expect(await describeBlockers(own)).toContain(`connection ${id}`);
  expect(await createWatchDatabase(TLS)(login)).toMatchObject({
    statement: expect.stringMatching(/^SELECT SLEEP/),
  });
  const { connections, ...facts } = await createInspectDatabase(TLS)(login);
  expect(facts).toMatchObject({ fenceHolderId: id, fenceHolder: named });
  // Its own, that of the text, `own`, and perhaps one that is leaving.
  expect(connections.ofUser?.open).toBeGreaterThanOrEqual(3);
}

/** The same by those that wait for something: INNODB_TRX to be readable, and the time of a KILL. */
export async function checkWaits(place: Place): Promise<void> {
  const { root, version } = place;
  const transactions = await readTransactions(root, 3_000);
  expect([{ seen: [] }, { hidden: expect.stringMatching(/^could not be read/) }]).toContainEqual(
    transactions,
  );
  expect(
    await readReplication(root, serverFlavour(version), { seesSessions: true, timeoutMs: 3_000 }),
  ).toMatchObject({ seen: { replicas: expect.any(Number) } });
  await checkKill(place);
}

/** A statement with an emoji that waits for the lock of the nasty session is killed in time. */
async function checkKill({ login }: Place): Promise<void> {
  const open = () => {
    const connection = createConnection({ ...login, multipleStatements: true });
    connection.on('error', () => {});
    return connection;
  };
  const waiter = open();
  await send(waiter, 'SET lock_wait_timeout = 20');
  const watch = new LockWatch(async (work) => {
    const connection = open();
    await work(connection);
    connection.destroy();
  });
  const sql = "ALTER TABLE t ADD COLUMN x INT COMMENT 'é🚀'";
  const watched = watch.start(waiter.threadId, sql, 400);
  await expect(send(waiter, sql)).rejects.toMatchObject({ errno: 1317 });
  expect(await watched.stop()).toEqual({ isKilled: true, hasWorked: false });
  await watch.close();
  waiter.destroy();
}

/** Prepares a place; the user has a limit of connections, so that its sessions are counted. */
export async function createPlace(
  root: Connection,
  { host, port, database, user, password }: Place['login'],
): Promise<Place> {
  const login = { host, port, database, user, password };
  await root.query(`ALTER USER '${login.user}'@'%' WITH MAX_USER_CONNECTIONS 50`);
  const own = createConnection({ ...login, multipleStatements: true });
  const admin = createConnection({
    ...{ host, port, database, user: root.config.user, password: root.config.password },
    multipleStatements: true,
  } as Parameters<typeof createConnection>[0]);
  for (const connection of [own, admin]) connection.on('error', () => {});
  await send(own, 'CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT)');
  await send(own, 'CREATE TABLE knex_migrations_lock (`index` INT PRIMARY KEY, is_locked INT)');
  await send(own, 'INSERT INTO knex_migrations_lock VALUES (1, 1)');
  const [[row]] = (await root.query('SELECT VERSION() AS version')) as unknown as [
    [{ version: string }],
  ];
  return { login, own, root: admin, version: row.version };
}

/** Sends a statement over a connection with callbacks. */
export function send(connection: OwnConnection, sql: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    connection.query(sql, (error: Error | null, result: unknown) =>
      error === null ? resolve(result) : reject(error),
    );
  });
}
