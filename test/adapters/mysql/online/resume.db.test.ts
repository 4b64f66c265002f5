import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { IN_FULL, say } from '../../../chaos/support/form.ts';
import { createDatabase, type TestDatabase } from '../../../support/database.ts';
import { GHOST, ghostMeans, whyNoGhost } from '../../../support/ghost.ts';
import { migrate } from '../../../support/migrating.ts';
import { testServer } from '../../../support/server.ts';
import { CHANGE } from './big-change.ts';

vi.setConfig({ testTimeout: 900_000 });

/**
 * In the short form gh-ost is killed before its first checkpoint, which comes after 10 s, and begins anew. In the full
 * form each attempt writes one more checkpoint before it is killed.
 */
const ROWS = IN_FULL ? 2_000_000 : 120_000;
const KILLS = IN_FULL ? 3 : 1;
const SAFETY = { onlineChange: 'external' } as const;

test(`a change whose processes are killed resumes, and keeps every row${whyNoGhost()}`, async ({
  skip,
}) => {
  if (whyNoGhost() !== '') skip();
  const database = await bigTable();
  const before = await checksum(database);
  const stopWriting = keepWriting(database);
  const kills: number[] = [];
  let checkpoint = 0;
  for (let index = 0; index < KILLS; index++) {
    const child = start(database);
    if (IN_FULL) checkpoint = await checkpointAfter(database, checkpoint, child);
    else await sleep(3_000);
    expect(child.exitCode).toBeNull();
    kills.push(await progressOf(database));
    // First the processes of Fanfold, then that of gh-ost: it must not work on without them.
    if (index % 2 === 0) child.kill('SIGKILL');
    else await killGhost(database);
    await once(child, 'exit');
  }
  // Each attempt went on where the last checkpoint was: its copy has more rows than the one before.
  expect(kills).toEqual([...kills].sort((a, b) => a - b));
  await stopWriting();
  const attempt = await untilNotBusy(() =>
    migrate(database, CHANGE, { safety: SAFETY, online: ghostMeans() }),
  );
  expect(attempt).toMatchObject({ status: 'migrated' });
  expect(JSON.stringify(attempt.notes)).toContain('ChangedOnline');
  expect(await checksum(database)).toEqual(before);
  const [row] = await database.query('SELECT COUNT(*) AS count FROM events WHERE id > ?', [ROWS]);
  expect(Number(row?.count)).toBe(written);
  expect(await database.query('SELECT note FROM events WHERE id = 1')).toEqual([{ note: 'first' }]);
  expect(await database.query("SHOW TABLES LIKE '\\_%'")).toEqual([]);
  if (IN_FULL) say(`Killed at ${kills.join(', ')} of ${ROWS} rows.`);
});

async function bigTable(): Promise<TestDatabase> {
  const database = await createDatabase('online_big');
  const connection = await database.multiConnection();
  await connection.query(`
    CREATE TABLE events (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, amount INT, body VARCHAR(200), KEY (amount));
    SET cte_max_recursion_depth = ${ROWS};
    INSERT INTO events (amount, body)
      WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS})
      SELECT i * 7 % 1000003, SHA2(i, 512) FROM n;
  `);
  await database.closeConnections();
  return database;
}

/** Rows that the test has inserted while the table was changed. */
let written = 0;

/** Inserts and removes rows of its own, beyond those of the checksum, until it is stopped. */
function keepWriting(database: TestDatabase): () => Promise<void> {
  let stopped = false;
  const writing = (async () => {
    const connection = await database.connection();
    while (!stopped) {
      await connection.query('INSERT INTO events (amount, body) VALUES (1, "new")');
      written++;
      await sleep(20);
    }
    await connection.end();
  })();
  return async () => {
    stopped = true;
    await writing;
  };
}

async function checksum(database: TestDatabase): Promise<unknown> {
  return database.query(
    'SELECT COUNT(*) AS count, BIT_XOR(CRC32(CONCAT_WS("#", id, amount, body))) AS crc, SUM(amount) AS sum FROM events WHERE id <= ?',
    [ROWS],
  );
}

function start({ host, port, database, user, password }: TestDatabase): ChildProcess {
  const as = { user: testServer().user, password: testServer().password };
  const given = { login: { host, port, database, user, password }, path: GHOST, as };
  const script = join(import.meta.dirname, 'fixtures/run-once.ts');
  return spawn(process.execPath, [script, JSON.stringify(given)], { stdio: 'ignore' });
}

/** The name of one of gh-ost's tables in this database. */
async function workTable(database: TestDatabase, suffix: string): Promise<string | undefined> {
  const rows = await database.query(`SHOW TABLES LIKE '\\_fanfold\\_oc\\_%\\_${suffix}'`);
  const [name] = Object.values(rows[0] ?? {});
  return name === undefined ? undefined : `\`${name}\``;
}

/** Rows of the copy so far. */
async function progressOf(database: TestDatabase): Promise<number> {
  const copy = await workTable(database, 'gho');
  if (copy === undefined) return 0;
  const [row] = await database.query(`SELECT COUNT(*) AS count FROM ${copy}`);
  return Number(row?.count);
}

/** Waits for a checkpoint with a higher id. */
async function checkpointAfter(
  database: TestDatabase,
  last: number,
  child: ChildProcess,
): Promise<number> {
  while (child.exitCode === null) {
    const table = await workTable(database, 'ghk');
    const [row] =
      table === undefined
        ? []
        : await database.query(`SELECT MAX(gh_ost_chk_id) AS id FROM ${table}`);
    if (Number(row?.id ?? 0) > last) return Number(row?.id);
    await sleep(500);
  }
  throw new Error('The process ended before a checkpoint.');
}

/** Kills the gh-ost of this database, by the id that the list of processes has. */
async function killGhost({ database }: TestDatabase): Promise<void> {
  for (const id of await readdir('/proc')) {
    const file = join('/proc', id, 'cmdline');
    const line = /^\d+$/.test(id) ? await readFile(file, 'utf8').catch(() => '') : '';
    const [program, ...args] = line.split('\0');
    if (program === GHOST && args.includes(`--database=${database}`))
      process.kill(Number(id), 'SIGKILL');
  }
}

/** The killed process may hold the fence for another moment. */
async function untilNotBusy<Result extends { status: string }>(
  attempt: () => Promise<Result>,
): Promise<Result> {
  for (let tries = 0; ; tries++) {
    const result = await attempt();
    const { failure } = result as unknown as { failure?: { code: string } };
    if (failure?.code !== 'TenantBusy' || tries === 20) return result;
    await sleep(1_000);
  }
}
