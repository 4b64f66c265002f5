import type { Connection } from 'mysql2';
import { describe, expect, it } from 'vitest';
import { MigrationSession } from '../../../src/adapters/mysql/migration-session.ts';

const LOST = Object.assign(new Error('Connection lost'), { code: 'PROTOCOL_CONNECTION_LOST' });

/** A session whose server answers each statement with its status flags, or not at all. */
function session({ transaction = true } = {}) {
  const session = new MigrationSession({} as Connection);
  session.startMigration(transaction);
  const send = async (sql: string, answer: { serverStatus: number } | Error) => {
    if (session.canOmit(sql)) return;
    session.needsBegin(sql);
    const run = () => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer));
    await session.track(sql, run, (header) => header).catch(() => {});
  };
  return { session, send };
}

const OPEN = { serverStatus: 3 };
const CLOSED = { serverStatus: 2 };

describe('a connection that is lost under a statement', () => {
  it.each([
    ['INSERT INTO t VALUES (1)', true],
    ['ALTER TABLE t ADD COLUMN a INT', true],
    ['/* x */ alter table t add column a int', true],
    ['CALL fill()', true],
    ['SELECT 1', false],
    ['SELECT 1; INSERT INTO t VALUES (1)', true],
    ['SET @a = 1', false],
    ['COMMIT', true],
  ])('without a transaction: %s; may it have taken effect? %s', async (sql, unknown) => {
    const { session: lost, send } = session({ transaction: false });
    await send('INSERT INTO t VALUES (0)', OPEN);
    lost.inTransaction = sql === 'COMMIT';
    await send(sql, LOST);
    expect(lost.endUnknown).toBe(unknown);
  });

  it.each([
    ['INSERT INTO t VALUES (1)', false],
    ['COMMIT;', false],
    ['ALTER TABLE t ADD COLUMN a INT', true],
    ['CALL fill()', true],
  ])(
    'inside the transaction of its record: %s; may it have taken effect? %s',
    async (sql, unknown) => {
      const { session: lost, send } = session();
      await send('BEGIN;', OPEN);
      await send('INSERT INTO t VALUES (0)', OPEN);
      await send(sql, LOST);
      expect(lost.endUnknown).toBe(unknown);
    },
  );
});

describe('what is committed', () => {
  it('is what a transaction held when DDL ended it, also DDL that failed', async () => {
    const { session: one, send } = session();
    await send('BEGIN;', OPEN);
    await send('INSERT INTO t VALUES (1)', OPEN);
    expect(one.committed).toBe(0);
    await send('CREATE TABEL x (id INT)', Object.assign(new Error('syntax'), { errno: 1064 }));
    expect(one.committed).toBe(0);
    await send(
      '# a comment\nCREATE TABLE t (id INT)',
      Object.assign(new Error('exists'), { errno: 1050 }),
    );
    expect(one.committed).toBe(1);
    await send('INSERT INTO t VALUES (1)', CLOSED);
    expect(one.committed).toBe(2);
  });

  it('is nothing after a rollback', async () => {
    const { session: one, send } = session();
    await send('BEGIN;', OPEN);
    await send('INSERT INTO t VALUES (1)', OPEN);
    await send('ROLLBACK', CLOSED);
    expect(one.committed).toBe(0);
  });
});
