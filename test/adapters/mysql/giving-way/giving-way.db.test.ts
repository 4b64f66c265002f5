import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mysql2/promise';
import { describe, expect, it } from 'vitest';
import { byTurns } from '../../../chaos/support/form.ts';
import { createDatabase, type TestDatabase } from '../../../support/database.ts';
import { migrate } from '../../../support/migrating.ts';
import { bundle, migration } from '../../../support/migrations.ts';
import { testServer } from '../../../support/server.ts';

const QUEUE_MS = 150;
const HELD_MS = 900;
const LIMITED = { safety: { queueMs: QUEUE_MS }, lockWaitTimeoutSeconds: 20 };

/** A session that holds a lock on the table until it is released. */
interface Holder {
  readonly what: string;
  readonly hold: readonly string[];
  readonly release: readonly string[];
  /** Whether others can read the table meanwhile. */
  readonly isReadable: boolean;
}

const HOLDERS: readonly Holder[] = [
  {
    what: 'a transaction that has read',
    hold: ['BEGIN', 'SELECT * FROM t'],
    release: ['COMMIT'],
    isReadable: true,
  },
  {
    what: 'a transaction that has written',
    hold: ['BEGIN', 'UPDATE t SET a = 2'],
    release: ['COMMIT'],
    isReadable: true,
  },
  {
    what: 'LOCK TABLES READ',
    hold: ['LOCK TABLES t READ'],
    release: ['UNLOCK TABLES'],
    isReadable: true,
  },
  {
    what: 'LOCK TABLES WRITE',
    hold: ['LOCK TABLES t WRITE'],
    release: ['UNLOCK TABLES'],
    isReadable: false,
  },
];

/** Statements that wait for a lock on the table, and a query that shows whether they ran exactly once. */
const STATEMENTS: readonly (readonly [sql: string, shown: string, expected: unknown])[] = [
  ['ALTER TABLE t ADD COLUMN b INT', "SHOW COLUMNS FROM t LIKE 'b'", 1],
  ['ALTER TABLE t ADD INDEX i (a)', "SHOW INDEX FROM t WHERE Key_name = 'i'", 1],
  ['CREATE INDEX i ON t (a)', "SHOW INDEX FROM t WHERE Key_name = 'i'", 1],
  ['ALTER TABLE t MODIFY a VARCHAR(20)', "SHOW COLUMNS FROM t WHERE Type = 'varchar(20)'", 1],
  ['ALTER TABLE t ENGINE = InnoDB', 'SELECT 1 FROM t', 1],
  ['TRUNCATE TABLE t', 'SELECT 1 FROM t', 0],
  ['RENAME TABLE t TO u', "SHOW TABLES LIKE 'u'", 1],
  ['DROP TABLE t', "SHOW TABLES LIKE 't'", 0],
  ['DROP TABLE t, other', "SHOW TABLES LIKE '%t%'", undefined],
  ['CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET @a = 1', 'SHOW TRIGGERS', 1],
  ['OPTIMIZE TABLE t', 'SELECT 1 FROM t', 1],
  ['CREATE OR REPLACE VIEW v AS SELECT id FROM t', "SHOW TABLES LIKE 'v'", 1],
  ['LOCK TABLES t WRITE', 'SELECT 1 FROM t', 1],
];

async function createTable(): Promise<TestDatabase> {
  const database = await createDatabase('queue');
  await database.query('CREATE TABLE t (id INT PRIMARY KEY, a INT)');
  await database.query('CREATE TABLE other (id INT PRIMARY KEY)');
  await database.query('INSERT INTO t VALUES (1, 1)');
  return database;
}

async function connect(database: TestDatabase): Promise<Connection> {
  const root = (await testServer().rootConnection()) as unknown as Connection;
  await root.query(`USE \`${database.database}\``);
  return root;
}

async function send(connection: Connection, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await connection.query(statement);
}

/** The longest time in milliseconds that a query of the application took while `work` ran; one every 20 ms. */
async function longestRead(database: TestDatabase, work: () => Promise<unknown>): Promise<number> {
  const readers = await Promise.all(Array.from({ length: 6 }, () => connect(database)));
  const took: number[] = [];
  let isDone = false;
  const reading = readers.map(async (reader) => {
    while (!isDone) {
      const startedAt = performance.now();
      await reader.query('SELECT a FROM t').catch(() => {});
      took.push(performance.now() - startedAt);
      await sleep(60);
    }
  });
  await work();
  isDone = true;
  await Promise.all(reading);
  return Math.max(...took);
}

const CHANGE = '20260301000000_change';

describe.each(HOLDERS)('$what', ({ hold, release, isReadable }) => {
  it.each(byTurns(STATEMENTS))(
    'a statement that gave way to a holder of its lock comes again: %s',
    async (sql, shown, expected) => {
      const database = await createTable();
      // MySQL with a binary log lets only such a user create triggers.
      if (sql.startsWith('CREATE TRIGGER')) await database.grant('SUPER ON *.*');
      const holder = await connect(database);
      await send(holder, hold);
      const releasing = sleep(HELD_MS).then(() => send(holder, release));
      let attempt: Awaited<ReturnType<typeof migrate>> | undefined;

      const migrating = async () => {
        const run = migration(CHANGE, (knex) => knex.raw(sql), { transaction: false });
        attempt = await migrate(database, bundle(run), LIMITED);
      };
      const longest = isReadable ? await longestRead(database, migrating) : 0;
      if (!isReadable) await migrating();
      await releasing;

      expect(attempt).toMatchObject({ status: 'migrated' });
      expect(await database.query('SELECT * FROM fanfold_journal WHERE number > 0')).toEqual([]);
      if (expected !== undefined) {
        expect(((await database.query(shown)) as unknown[]).length).toBe(expected);
      }
      // A read that came in at the wrong moment waits for the work itself too, so the limit is generous.
      expect(longest).toBeLessThan(HELD_MS);
    },
    20_000,
  );
});
