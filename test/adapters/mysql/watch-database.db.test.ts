import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createTlsChooser } from '../../../src/adapters/mysql/connection/tls.ts';
import { createWatchDatabase } from '../../../src/adapters/mysql/watch-database.ts';
import type { Attempt } from '../../../src/core/migrate/attempt.ts';
import type { RunningSession } from '../../../src/core/migrate/running-session.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { migrate } from '../../support/migrating.ts';
import { bundle, migration, SHOP } from '../../support/migrations.ts';

const watch = createWatchDatabase({ tls: createTlsChooser({ mode: 'auto' }) });

/** Watches a database until the expected state is seen or the attempt ends. */
async function seen(
  database: TestDatabase,
  attempt: Promise<Attempt>,
  isWanted: (session: RunningSession) => boolean,
): Promise<RunningSession | undefined> {
  let isOver = false;
  void attempt.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    const session = await watch(database);
    if (session !== undefined && isWanted(session)) return session;
    await sleep(20);
  }
  return undefined;
}

describe('watching a database', () => {
  it('a watch on a database shows nothing while no migration runs', async () => {
    expect(await watch(await createDatabase('watch'))).toBeUndefined();
  });

  it('a watch on a database shows the running statement without its values', async () => {
    const database = await createDatabase('watch');
    const slow = migration('20260401000000_slow', async (knex) => {
      await knex.raw("SELECT SLEEP(1), 'a secret word'");
    });
    const attempt = migrate(database, bundle(slow));
    const session = await seen(database, attempt, ({ statement }) => /SLEEP/.test(statement ?? ''));
    expect(session).toEqual({ statement: 'SELECT SLEEP(?), ?', percentage: undefined });
    expect(await attempt).toMatchObject({ status: 'migrated' });
  });

  it('a watch on a database names the session that blocks the migration, and never the migration itself', async () => {
    const database = await createDatabase('watch');
    await migrate(database, bundle(...SHOP));
    const other = await database.connection();
    await other.query('BEGIN');
    await other.query('SELECT * FROM customers');
    const [[{ id }]] = (await other.query('SELECT CONNECTION_ID() AS id')) as never as [
      [{ id: number }],
    ];
    const blocked = migration('20260401000000_blocked', async (knex) => {
      await knex.raw('ALTER TABLE customers ADD COLUMN note INT');
    });
    const attempt = migrate(database, bundle(...SHOP, blocked), { lockWaitTimeoutSeconds: 20 });
    const session = await seen(database, attempt, ({ blockedBy }) => blockedBy !== undefined);
    await other.query('ROLLBACK');
    expect(session?.statement).toMatch(/^ALTER TABLE customers/);
    expect(session?.blockedBy).toContain(`connection ${id} `);
    expect(session?.blockedBy?.match(/connection \d+/g)).toHaveLength(1);
    expect(await attempt).toMatchObject({ status: 'migrated' });
  });

  it('a watch on a database shows the progress of a table copy on a server that reports it to everybody', async ({
    skip,
  }) => {
    const database = await createDatabase('watch');
    const [{ version } = { version: '' }] = (await database.query(
      'SELECT VERSION() AS version',
    )) as { version: string }[];
    skip(!/mariadb/i.test(version), 'MySQL shows it to those who may read the performance schema');
    await database.query('CREATE TABLE big (id INT PRIMARY KEY, a VARCHAR(100))');
    await database.query("INSERT INTO big SELECT seq, REPEAT('x', 90) FROM seq_1_to_300000");
    const copy = migration('20260401000000_copy', async (knex) => {
      await knex.raw('ALTER TABLE big MODIFY a VARCHAR(120) NOT NULL, ALGORITHM=COPY');
    });
    const attempt = migrate(database, bundle(copy));
    const session = await seen(database, attempt, ({ percentage = 0 }) => percentage > 0);
    expect(session?.percentage).toBeGreaterThan(0);
    expect(session?.percentage).toBeLessThanOrEqual(100);
    expect(await attempt).toMatchObject({ status: 'migrated' });
  });

  it('a watch on a database fails without side effects if the account may have only one connection', async () => {
    const database = await createDatabase('watch');
    const slow = migration('20260401000000_slow', async (knex) => {
      await knex.raw('SELECT SLEEP(0.5)');
    });
    await database.limitConnections(1);
    const attempt = migrate(database, bundle(slow));
    await sleep(200);
    await expect(watch(database)).rejects.toMatchObject({ code: 'TooManyConnections' });
    expect(await attempt).toMatchObject({ status: 'migrated' });
  });
});
