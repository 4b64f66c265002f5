import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import type { ProgramName } from '../../../../src/core/safety/online/online-program.ts';
import { IN_FULL, say } from '../../../chaos/support/form.ts';
import { createDatabase, type TestDatabase } from '../../../support/database.ts';
import { migrate } from '../../../support/migrating.ts';
import { meansOf, PATHS, whyNot } from '../../../support/online-programs.ts';
import { testServer } from '../../../support/server.ts';
import { CHANGE } from './big-change.ts';

vi.setConfig({ testTimeout: IN_FULL ? 3_600_000 : 300_000 });

/**
 * In the short form a program is killed before its first checkpoint, and begins anew. In the full form processes are
 * killed at random moments, so that most attempts resume from a checkpoint.
 */
const ROWS = IN_FULL ? 2_000_000 : 120_000;
const KILLS = IN_FULL ? 6 : 1;
/** The longest time for which an attempt copies until it is killed, after a checkpoint in the full form of Spirit. */
const LONGEST_MS = { 'gh-ost': IN_FULL ? 20_000 : 1_500, Spirit: IN_FULL ? 2_000 : 300 };
/** Attempts that resume from a checkpoint before the last one. */
const RESUMED = IN_FULL ? 3 : 0;
const SAFETY = { onlineChange: 'external' } as const;
const VICTIMS = ['Fanfold', 'its program', 'both'] as const;

test.for(['gh-ost', 'Spirit'] as const)(
  'a change by %s whose processes are killed resumes, and keeps every row',
  async (name, { skip }) => {
    if (whyNot(name) !== '') skip(whyNot(name));
    written = 0;
    const database = await bigTable();
    const before = await checksum(database);
    const stopWriting = keepWriting(database);
    const kills: string[] = [];
    let resumed = 0;
    for (let index = 0; index < KILLS || resumed < RESUMED; index++) {
      const checkpoint = await checkpointRows(database, name);
      const { child, copied, ended } = start(database, name);
      // A copy of the attempt before may be dropped until then.
      while (child.exitCode === null && (await programsOf(database, name)).length === 0)
        await sleep(20);
      while (child.exitCode === null && (await database.query(COPIES[name])).length === 0)
        await sleep(20);
      // The first one is killed before it has written any.
      if (IN_FULL && name === 'Spirit' && index > 0) await untilCheckpoint(database);
      await sleep(IN_FULL ? Math.random() * LONGEST_MS[name] : LONGEST_MS[name]);
      const victim = VICTIMS[index % VICTIMS.length];
      if (victim !== 'Fanfold') await killProgram(database, name);
      if (victim !== 'its program') child.kill('SIGKILL');
      await ended;
      expect(
        await database.query(COPIES[name]),
        `it was done before it was killed (${kills.join(', ')})`,
      ).toHaveLength(1);
      // It must not work on without the process that holds the fence.
      await untilProgramIsGone(database, name);
      kills.push(`${victim} at ${copied.at(-1) ?? 'unknown'} of ${ROWS} rows`);
      if (checkpoint > 0) {
        resumed++;
        expect(copied[0] ?? checkpoint, kills.join(', ')).toBeGreaterThanOrEqual(checkpoint);
      }
    }
    await stopWriting();
    const attempt = await untilNotBusy(() =>
      migrate(database, CHANGE, { safety: SAFETY, online: meansOf(name) }),
    );
    expect(attempt).toMatchObject({ status: 'migrated' });
    expect(await checksum(database)).toEqual(before);
    const [row] = await database.query('SELECT COUNT(*) AS count FROM events WHERE id > ?', [ROWS]);
    expect(Number(row?.count)).toBe(written);
    expect(await database.query('SELECT note FROM events WHERE id = 1')).toEqual([
      { note: 'first' },
    ]);
    expect(await database.query("SHOW TABLES LIKE '\\_%'")).toEqual([]);
    if (!IN_FULL) return;
    say(`${name}: killed ${kills.join(', ')}. ${resumed} attempts resumed from a checkpoint.`);
  },
);

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

/** Starts an attempt in a process of its own. `copied` grows with the rows that the program says it has copied. */
function start({ host, port, database, user, password }: TestDatabase, name: ProgramName) {
  const as = { user: testServer().user, password: testServer().password };
  const given = { login: { host, port, database, user, password }, name, path: PATHS[name], as };
  const script = join(import.meta.dirname, 'fixtures/run-once.ts');
  const child = spawn(process.execPath, [script, JSON.stringify(given)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const copied: number[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => copied.push(Number(line)));
  return { child, copied, ended: once(child, 'exit') };
}

/** Finds the copy that a program has begun. */
const COPIES = {
  'gh-ost': "SHOW TABLES LIKE '\\_fanfold\\_oc\\_%\\_gho'",
  Spirit: "SHOW TABLES LIKE '\\_events\\_new'",
};

/** Rows that had been copied at the last checkpoint; 0 without one. */
async function checkpointRows(database: TestDatabase, name: ProgramName): Promise<number> {
  const like = name === 'Spirit' ? '\\_events\\_chkpnt' : '\\_fanfold\\_oc\\_%\\_ghk';
  const [found] = await database.query(`SHOW TABLES LIKE '${like}'`);
  if (found === undefined) return 0;
  const table = `\`${Object.values(found)[0]}\``;
  if (name === 'gh-ost') {
    const [row] = await database.query(
      `SELECT gh_ost_rows_copied AS copied FROM ${table} ORDER BY gh_ost_chk_id DESC LIMIT 1`,
    );
    return Number(row?.copied ?? 0);
  }
  // Its watermark is the key of a row, and the keys are numbered without gaps.
  const [row] = await database.query(
    `SELECT copier_watermark AS watermark FROM ${table} ORDER BY id DESC LIMIT 1`,
  );
  return Number(/LowerBound\W+Value\W+(\d+)/.exec(String(row?.watermark))?.[1] ?? 0);
}

/**
 * Waits for a checkpoint of Spirit, which writes one each 50 s. It is stopped most of this time, since it might have copied
 * every row by then.
 */
async function untilCheckpoint(database: TestDatabase): Promise<void> {
  const count = async () => {
    const [row] = await database.query('SELECT COUNT(*) AS count FROM _events_chkpnt');
    return Number(row?.count);
  };
  const signal = async (name: 'SIGSTOP' | 'SIGCONT') => {
    for (const id of await programsOf(database, 'Spirit')) process.kill(id, name);
  };
  await sleep(1_000);
  for (const before = await count(); (await count()) === before; ) {
    await signal('SIGSTOP');
    await sleep(15_000);
    await signal('SIGCONT');
    await sleep(500);
  }
}

/** Kills the program of this database. */
async function killProgram(database: TestDatabase, name: ProgramName): Promise<void> {
  for (const id of await programsOf(database, name)) process.kill(id, 'SIGKILL');
}

async function untilProgramIsGone(database: TestDatabase, name: ProgramName): Promise<void> {
  for (let tries = 0; (await programsOf(database, name)).length > 0; tries++) {
    if (tries === 100) throw new Error(`${name} has outlived its parent by 10 s.`);
    await sleep(100);
  }
}

/** Ids of processes, by the arguments that the list of processes has. */
async function programsOf({ database }: TestDatabase, name: ProgramName): Promise<number[]> {
  const found: number[] = [];
  for (const id of await readdir('/proc')) {
    const file = join('/proc', id, 'cmdline');
    const line = /^\d+$/.test(id) ? await readFile(file, 'utf8').catch(() => '') : '';
    const [program, ...args] = line.split('\0');
    if (program === PATHS[name] && args.includes(`--database=${database}`)) found.push(Number(id));
  }
  return found;
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
