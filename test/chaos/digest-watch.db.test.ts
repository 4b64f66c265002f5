import { setTimeout as delay } from 'node:timers/promises';
import { type Connection, createConnection } from 'mysql2/promise';
import { expect, it, vi } from 'vitest';
import { createReadDigests } from '../../src/adapters/mysql/read-digests.ts';
import { DEFAULT_DIGEST_LIMITS } from '../../src/core/digests/compare-digests.ts';
import { watchDigests } from '../../src/core/digests/digest-watch.ts';
import { type CountingServer, countingServer } from '../support/counting-server.ts';
import { tenantOf } from '../support/fleet.ts';
import { say } from './support/form.ts';

// FANFOLD_DIGEST_RUNS=50 for the figures in docs/how-to/staged-rollout.md.
const RUNS = Number(process.env.FANFOLD_DIGEST_RUNS ?? 2);
vi.setConfig({ testTimeout: 60_000 + RUNS * 30_000 });

/** As a run waits before the interval begins; in the short form, as long as the server takes at the most. */
const SETTLE_MS = RUNS > 10 ? 20_000 : 12_000;

/** Does so many pieces of work, a few at a time. */
async function inLanes(count: number, work: (number: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: 3 }, lane));
}

/** Migrations that change nothing for the application, as a canary has them nearly always. */
const NEUTRAL = [
  'ALTER TABLE tasks ADD COLUMN note VARCHAR(50)',
  'ALTER TABLE tasks ADD KEY by_title (title)',
  'ALTER TABLE tasks ENGINE=InnoDB',
  'CREATE TABLE labels (id INT PRIMARY KEY, name VARCHAR(50))',
  'ALTER TABLE tasks MODIFY title VARCHAR(200)',
  "UPDATE tasks SET title = 'moved' WHERE id < 5000",
] as const;

/** Migrations that hurt the application, and what is said about them. */
const HARMFUL = [
  { sql: 'ALTER TABLE tasks DROP KEY by_user', words: /times as long.* WHERE `user_id` = \?/ },
  { sql: 'ALTER TABLE tasks DROP COLUMN email', words: /100 % of \d+ .* SELECT `email` FROM/ },
] as const;

/** An application that reads and writes until it is stopped, a few statements at a time. */
function application(connection: Connection) {
  let isOver = false;
  let rounds = 0;
  const work = (async () => {
    for (let round = 0; !isOver; round += 1) {
      const one = [round % 500];
      await connection.query('SELECT id, title FROM tasks WHERE user_id = ?', one);
      await connection.query('UPDATE tasks SET title = ? WHERE id = ?', ['done', round % 9_000]);
      await connection.query('SELECT email FROM tasks WHERE id = ?', one).catch(() => {});
      await connection.query('INSERT INTO tasks (user_id, title) VALUES (?, ?)', [
        round % 500,
        'n',
      ]);
      rounds += 1;
      await delay(5);
    }
  })();
  return {
    /** Until every statement has a history. */
    async settled() {
      while (rounds < 30) await delay(50);
    },
    async stop() {
      isOver = true;
      await work;
    },
  };
}

/** A tenant with some load, one migration, and what is said about it within so many seconds. */
async function afterMigration(server: CountingServer, name: string, sql: string, seconds: number) {
  const { host, port, user, password } = server;
  const login = { host, port, user, password };
  const root = await createConnection(login);
  await root.query(`CREATE DATABASE ${name}`);
  await root.changeUser({ database: name });
  await root.query(
    'CREATE TABLE tasks (id INT PRIMARY KEY AUTO_INCREMENT, user_id INT, title VARCHAR(100), email VARCHAR(50), KEY by_user (user_id))',
  );
  await root.query(
    `INSERT INTO tasks (user_id, title, email) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900)
     SELECT (a.i * 7 + b.i * 31) MOD 500, 'x', 'y' FROM n a, n b WHERE b.i <= 20`,
  );
  const connection = await createConnection({ ...login, database: name });
  const app = application(connection);
  try {
    await app.settled();
    const read = createReadDigests({ tls: () => undefined });
    const watch = await watchDigests(
      [tenantOf(0)],
      () => read({ ...login, database: name }),
      DEFAULT_DIGEST_LIMITS,
    );
    await root.query(sql);
    const from = performance.now();
    await watch.look();
    await delay(SETTLE_MS);
    await watch.look();
    for (let second = 0; second < seconds; second += 1) {
      await delay(1_000);
      const verdict = await watch.look();
      if (!verdict.isWell) return { message: verdict.message, ms: performance.now() - from };
    }
    return { message: undefined, ms: performance.now() - from, note: watch.conclude() };
  } finally {
    await app.stop();
    connection.destroy();
    await root.query(`DROP DATABASE ${name}`);
    root.destroy();
  }
}

it('a canary that loses an index or a column is found within a minute, and neutral migrations are not', async ({
  skip,
}) => {
  const found = await countingServer();
  if (found === undefined) return skip('The server does not count statements.');
  const { server, stop } = found;
  const suffix = Date.now().toString(36);
  try {
    const wrong: string[] = [];
    const quiet: string[] = [];
    const missed: string[] = [];
    let slowest = 0;
    const calm = inLanes(RUNS, async (run) => {
      const sql = NEUTRAL[run % NEUTRAL.length] ?? '';
      const { message, note } = await afterMigration(server, `ff_calm_${suffix}_${run}`, sql, 5);
      if (message !== undefined) wrong.push(`${sql}: ${message}`);
      if (note !== undefined) quiet.push(`${sql}: ${note.message}`);
    });
    const bad = inLanes(2 * Math.ceil(RUNS / 5), async (run) => {
      const { sql, words } = HARMFUL[run % HARMFUL.length] ?? HARMFUL[0];
      const { message = '', ms } = await afterMigration(server, `ff_bad_${suffix}_${run}`, sql, 40);
      if (!words.test(message)) missed.push(`${sql}: ${message}`);
      slowest = Math.max(slowest, ms);
    });
    await Promise.all([calm, bad]);
    say(
      `${RUNS} neutral runs: ${wrong.length} false halts, ${quiet.length} too quiet; ${2 * Math.ceil(RUNS / 5)} bad ones: ${missed.length} missed, found within ${(slowest / 1_000).toFixed(1)} s.`,
    );
    expect({ wrong, missed }).toEqual({ wrong: [], missed: [] });
    expect(slowest).toBeLessThan(60_000);
  } finally {
    await stop();
  }
});
