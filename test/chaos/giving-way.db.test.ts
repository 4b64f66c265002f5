import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mysql2/promise';
import { expect, it } from 'vitest';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { migrate } from '../support/migrating.ts';
import { bundle, migration } from '../support/migrations.ts';
import { seenSoon, shownSessions } from '../support/process-list.ts';
import { testServer } from '../support/server.ts';
import { IN_FULL, say } from './support/form.ts';
import { GIVING_WAY, QUEUE_MS } from './support/giving-way-migrations.ts';
import { startRunner } from './support/runner-process.ts';

const LIMITED = { safety: { queueMs: QUEUE_MS }, lockWaitTimeoutSeconds: 30 };
const ROUNDS = IN_FULL ? 150 : 6;

/** Statements that wait for a lock on the table, and a query whose number of rows shows that they ran once. */
const RACING: readonly (readonly [sql: string, shown: string, rows: number])[] = [
  ['ALTER TABLE t ADD COLUMN b INT', "SHOW COLUMNS FROM t LIKE 'b'", 1],
  ['ALTER TABLE t ADD INDEX i (a)', "SHOW INDEX FROM t WHERE Key_name = 'i'", 1],
  ['ALTER TABLE t MODIFY a VARCHAR(30)', "SHOW COLUMNS FROM t WHERE Type = 'varchar(30)'", 1],
  ['TRUNCATE TABLE t', 'SELECT 1 FROM t', 0],
  ['RENAME TABLE t TO u', "SHOW TABLES LIKE 'u'", 1],
  ['RENAME TABLE t TO swap, other TO t, swap TO other', 'SELECT 1 FROM other', 1],
  ['DROP TABLE t, other', "SHOW TABLES WHERE Tables_in_db IN ('t', 'other')", 0],
  ['OPTIMIZE TABLE t', 'SELECT 1 FROM t', 1],
];

async function createTables(): Promise<TestDatabase> {
  const database = await createDatabase('race');
  await database.query('CREATE TABLE t (id INT PRIMARY KEY, a INT)');
  await database.query('CREATE TABLE other (id INT PRIMARY KEY)');
  await database.query('INSERT INTO t VALUES (1, 1)');
  return database;
}

/** A session that has read the table in an open transaction. */
async function holdTable(database: TestDatabase): Promise<Connection> {
  const holder = (await testServer().rootConnection()) as unknown as Connection;
  await holder.query(`USE \`${database.database}\``);
  await holder.query('BEGIN');
  await holder.query('SELECT * FROM t LIMIT 1');
  return holder;
}

/** Waits until a session in the holder's database waits for a lock. */
async function untilWaiting(holder: Connection): Promise<void> {
  const waiting = { where: "DB = DATABASE() AND STATE LIKE 'Waiting for%lock'" };
  await seenSoon(async () => (await shownSessions(holder, waiting))[0]);
}

it.each(RACING)(
  'a statement that gets its lock at the moment at which it is killed runs exactly once: %s',
  async (sql, shown, rows) => {
    let gaveWay = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const database = await createTables();
      const holder = await holdTable(database);
      const run = migration('20260301000000_change', (knex) => knex.raw(sql), {
        transaction: false,
      });
      const migrating = migrate(database, bundle(run), LIMITED);
      await untilWaiting(holder);
      // From shortly before the KILL to shortly after it.
      await sleep(QUEUE_MS * (0.6 + 0.5 * Math.random()));
      await holder.query('COMMIT');
      const attempt = await migrating;
      holder.destroy();
      if (attempt.notes.some(({ code }) => code === 'GaveWay')) gaveWay++;
      expect(attempt).toMatchObject({ status: 'migrated' });
      const query = shown.replace('Tables_in_db', `Tables_in_${database.database}`);
      expect(await database.query(query)).toHaveLength(rows);
      expect(await database.query('SELECT * FROM fanfold_journal WHERE number > 0')).toEqual([]);
      await database.drop();
    }
    say(
      `Race (${testServer().flavour}): ${sql}: ${ROUNDS} times, of which ${gaveWay} gave way first.`,
    );
  },
  1_800_000,
);

it('a process that is killed with -9 while a statement gives way is made good by the next run', async () => {
  let next = startRunner();
  for (let round = 0; round < (IN_FULL ? 100 : 5); round++) {
    const database = await createTables();
    const holder = await holdTable(database);
    const runner = await next;
    next = startRunner();
    const running = runner.run([database], { once: true, givesWay: true });
    await untilWaiting(holder);
    await sleep(Math.random() * 8 * QUEUE_MS);
    runner.child.kill('SIGKILL');
    const killedAt = performance.now();
    // A statement that the process has left waiting lets others pass within the limit of the server.
    const reader = await database.connection();
    await reader.query('SELECT * FROM t');
    expect(performance.now() - killedAt).toBeLessThan(5_000);
    await running;
    await holder.query('COMMIT');
    const again = await migrate(database, bundle(...GIVING_WAY), {
      ...LIMITED,
      fenceWaitSeconds: 20,
    });
    expect(again).toMatchObject({ status: 'migrated' });
    expect(await database.query('SELECT id, a, b FROM t ORDER BY id')).toEqual([
      { id: 1, a: 1, b: 3 },
      { id: 2, a: 2, b: 3 },
    ]);
    expect(await database.query('SELECT * FROM fanfold_journal WHERE number > 0')).toEqual([]);
    holder.destroy();
    await database.drop();
  }
  (await next).child.kill('SIGKILL');
}, 1_800_000);
