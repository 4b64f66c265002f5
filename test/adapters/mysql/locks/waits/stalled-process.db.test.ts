import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection } from 'mysql2';
import { expect, it } from 'vitest';
import { PROCESS_LIST } from '../../../../../src/adapters/mysql/connection/process-list.ts';
import { LockWatch } from '../../../../../src/adapters/mysql/locks/waits/lock-watch.ts';
import { createDatabase } from '../../../../support/database.ts';

/** Milliseconds. The process stalls for longer than a statement may wait. */
const QUEUE = 2_000;
const STALL = 6_000;

it('queries of others pass in time although this process stalls while a statement waits', async () => {
  const database = await createDatabase('stalled');
  await database.query('CREATE TABLE t (id INT PRIMARY KEY)');
  const [holder, waiter, other, looker] = await Promise.all([
    database.connection(),
    database.connection(),
    database.connection(),
    database.connection(),
  ]);
  await holder.query('BEGIN');
  await holder.query('SELECT * FROM t');
  const watch = new LockWatch(async (work) => {
    const connection = createConnection({ ...database, multipleStatements: true });
    await work(connection);
    connection.destroy();
  });
  const alter = 'ALTER TABLE t ADD COLUMN a INT';
  const watched = watch.start(waiter.threadId, alter, QUEUE);
  const altering = waiter.query(alter).then(
    () => 'done',
    (error: { errno: number }) => error.errno,
  );
  const seen = async (pattern: string) => {
    const [rows] = await looker.query(
      `SELECT SYSDATE(6) AS now FROM ${PROCESS_LIST} WHERE USER = ? AND ID <> CONNECTION_ID() AND CONCAT(STATE, INFO) LIKE ?`,
      [database.user, pattern],
    );
    return rows as { now: string }[];
  };
  const until = async (pattern: string) => {
    while ((await seen(pattern)).length === 0) await sleep(5);
  };
  await until('Waiting for table metadata lock%');
  // It queues for the ALTER to end.
  const reading = other.query('SELECT UNIX_TIMESTAMP(SYSDATE(6)) AS at, COUNT(*) FROM t');
  await until('%DO SLEEP(LEAST%');
  const [[{ at: stalledAt }]] = (await looker.query(
    'SELECT UNIX_TIMESTAMP(SYSDATE(6)) AS at',
  )) as unknown as [[{ at: string }]];
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, STALL);

  const [[{ at: readAt }]] = (await reading) as unknown as [[{ at: string }]];
  expect(Number(readAt) - Number(stalledAt)).toBeLessThan(STALL / 1_000);
  expect(await altering).toBe(1317);
  // The answer of the server was not read in time, and yet it is known who has interrupted the statement.
  expect(await watched.stop()).toMatchObject({ isKilled: true, hasWorked: false });
  await holder.query('ROLLBACK');
  await watch.close();
}, 60_000);
