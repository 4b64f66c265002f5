import type { Connection } from 'mysql2';
import { describe, expect, it, onTestFinished } from 'vitest';
import { usingConnection } from '../../../src/adapters/mysql/connection/connection.ts';
import { createTlsChooser } from '../../../src/adapters/mysql/connection/tls.ts';
import { describeBlockers, findBlockers } from '../../../src/adapters/mysql/locks/lock-blockers.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { testServer } from '../../support/server.ts';

const isMySql = testServer().flavour === 'mysql';

/** Locks that another session holds on the database or the server, with the statement that releases them. */
interface Obstacle {
  readonly what: string;
  readonly hold: readonly string[];
  readonly lock: string;
}

// Locks on the whole server would block the tests of other files; server-locks.db.test.ts has those.
const OBSTACLES: readonly Obstacle[] = [
  { what: 'a transaction that has read', hold: ['BEGIN', 'SELECT * FROM t'], lock: 'table' },
  { what: 'a transaction that has written', hold: ['BEGIN', 'UPDATE t SET a = 2'], lock: 'table' },
  { what: 'LOCK TABLES … WRITE', hold: ['LOCK TABLES t WRITE'], lock: 'table' },
  { what: 'LOCK TABLES … READ', hold: ['LOCK TABLES t READ'], lock: 'table' },
];

async function createTable(): Promise<TestDatabase> {
  const database = await createDatabase('blockers');
  await database.query('CREATE TABLE t (id INT PRIMARY KEY, a INT)');
  await database.query('INSERT INTO t VALUES (1, 1)');
  return database;
}

/** A session of another user that holds the lock. */
async function hold(database: TestDatabase, { hold: statements }: Obstacle): Promise<number> {
  const root = await testServer().rootConnection();
  onTestFinished(() => root.destroy());
  await root.query(`USE \`${database.database}\``);
  for (const statement of statements) await root.query(statement);
  return root.threadId;
}

/** Asks with the tenant's user, on a connection of Fanfold's. */
function asTenant<Result>(
  { host, port, user, password, database }: TestDatabase,
  work: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  const options = { connectTimeoutMs: 3_000, tls: createTlsChooser({ mode: 'auto' }) };
  return usingConnection({ host, port, user, password, database }, options, work);
}

describe.each(OBSTACLES)('$what', (obstacle) => {
  it.runIf(isMySql)(
    'a session that holds a lock is named for a login that may read the performance schema',
    async () => {
      const database = await createTable();
      await database.grant('SELECT ON performance_schema.*');
      const id = await hold(database, obstacle);
      const { known, holders } = await asTenant(database, findBlockers);
      expect(known).toBe('shown');
      expect(holders).toEqual([
        expect.objectContaining({
          session: expect.objectContaining({ id, user: 'root' }),
          lock: obstacle.lock,
          table: 't',
        }),
      ]);
      expect(await asTenant(database, describeBlockers)).toMatch(
        new RegExp(`^Locks are held by connection ${id} \\(user root\\), .*table "t" \\(`),
      );
    },
  );

  it('a session that holds a lock is named for a login with the PROCESS privilege', async () => {
    const database = await createTable();
    await database.grant('PROCESS ON *.*');
    const id = await hold(database, obstacle);
    // The server refreshes its list of transactions every 0.1 s.
    await new Promise((resolve) => setTimeout(resolve, 200));
    const { known, sessions } = await asTenant(database, findBlockers);
    expect(sessions).toEqual([expect.objectContaining({ id, user: 'root' })]);
    // LOCK TABLES is not a transaction, and its locks are not visible.
    expect(known).toBe(obstacle.hold[0] === 'BEGIN' ? 'transactions' : 'sessions');
    expect(await asTenant(database, describeBlockers)).toContain(`connection ${id} (user root)`);
  });

  it('a session that holds a lock is hidden from other logins, which are told how to make it visible', async () => {
    const database = await createTable();
    const id = await hold(database, obstacle);
    expect(await asTenant(database, findBlockers)).toMatchObject({ sessions: [], seesAll: false });
    const words = await asTenant(database, describeBlockers);
    expect(words).toContain('PROCESS');
    expect(words).not.toContain(`${id}`);
  });
});

it('no session is named if none blocks', async () => {
  const database = await createTable();
  await database.grant('PROCESS ON *.*');
  expect(await asTenant(database, describeBlockers)).toBeUndefined();
  if (!isMySql) return;
  await database.grant('SELECT ON performance_schema.*');
  expect(await asTenant(database, findBlockers)).toMatchObject({ known: 'shown', holders: [] });
  expect(await asTenant(database, describeBlockers)).toBeUndefined();
});
