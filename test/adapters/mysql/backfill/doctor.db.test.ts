import { describe, expect, it } from 'vitest';
import { createTlsChooser } from '../../../../src/adapters/mysql/connection/tls.ts';
import { createInspectDatabase } from '../../../../src/adapters/mysql/inspect-database.ts';
import type { Backfill } from '../../../../src/core/backfill/backfill.ts';
import type { Bundle } from '../../../../src/core/bundle/bundle.ts';
import type { Check } from '../../../../src/core/doctor/check.ts';
import { createExamineTenant } from '../../../../src/core/doctor/examine-tenant.ts';
import { createDatabase, type TestDatabase } from '../../../support/database.ts';
import { tenantOf } from '../../../support/fleet.ts';
import { migrate } from '../../../support/migrating.ts';
import { backfill, bundle, migration } from '../../../support/migrations.ts';

const FILL = '20260102000000_fill';
const DOES: Backfill = { table: 'tasks', where: 'n = 0', batch: 10, update: 'n = n + 1' };
const ROWS = Array.from({ length: 60 }, (_, id) => `(${id})`).join(', ');

async function tasks(...more: string[]): Promise<TestDatabase> {
  const database = await createDatabase('doctor');
  for (const sql of [
    'CREATE TABLE tasks (id INT PRIMARY KEY, n INT NOT NULL DEFAULT 0)',
    `INSERT INTO tasks (id) VALUES ${ROWS}`,
    ...more,
  ]) {
    await database.query(sql);
  }
  return database;
}

/** Runs backfills up to their second batch. */
async function begin(database: TestDatabase, all: Bundle, runId = 'run-1'): Promise<void> {
  let asked = 0;
  const attempt = await migrate(database, all, {
    ...{ runId, phase: 'backfills' },
    backfills: { pace: () => 1, pause: () => ++asked > 1 },
  });
  expect(attempt).toMatchObject({ status: 'continue' });
}

/** The last batch seems to be this many seconds ago. */
function age(database: TestDatabase, seconds: number) {
  return database.query(
    `UPDATE fanfold_backfills SET changed_at = CURRENT_TIMESTAMP - INTERVAL ${seconds} SECOND`,
  );
}

async function look(
  database: TestDatabase,
  all: Bundle,
  paused: readonly string[] = [],
): Promise<readonly Check[]> {
  const { password, host, port, user } = database;
  const examine = createExamineTenant({
    inspect: createInspectDatabase({
      connectTimeoutMs: 3_000,
      tls: createTlsChooser({ mode: 'auto' }),
    }),
    passwords: { open: async () => password },
    isPaused: async (runId) => paused.includes(runId),
  });
  const address = { host, port, user, database: database.database };
  const { checks } = await examine(tenantOf(1, { address }), all);
  expect(checks[0]).toMatchObject({ name: 'reachable', status: 'ok' });
  return checks.filter(({ name }) => name === 'backfills');
}

const only = (check: object) => [expect.objectContaining(check)];

describe('the doctor', () => {
  it('says nothing about backfills of a bundle that has none', async () => {
    const database = await tasks();
    expect(await look(database, bundle(migration('20260101000000_a', () => {})))).toEqual([]);
  });

  it('lists a backfill that has not begun, and nothing of one that is complete', async () => {
    const database = await tasks();
    const all = bundle(backfill(FILL, DOES));
    expect(await look(database, all)).toEqual(
      only({ status: 'ok', message: `1 backfill to run: ${FILL}` }),
    );
    expect(await migrate(database, all, { phase: 'all' })).toMatchObject({ status: 'migrated' });
    expect(await look(database, all)).toEqual([]);
  });

  it('tells one that is under way, stuck, paused and interrupted apart', async () => {
    const database = await tasks();
    const all = bundle(backfill(FILL, DOES));
    await begin(database, all);
    expect(await look(database, all)).toEqual(
      only({
        status: 'ok',
        message: expect.stringMatching(/^20260102000000_fill has begun: 10 of about \d+ rows done/),
      }),
    );
    await age(database, 400);
    expect(await look(database, all)).toEqual(
      only({
        status: 'note',
        code: 'BackfillInterrupted',
        message: expect.stringContaining('6 min 40 s ago'),
      }),
    );
    expect(await look(database, all, ['run-1'])).toEqual(
      only({ code: 'BackfillPaused', nextStep: expect.stringContaining('`fanfold resume run-1`') }),
    );
    const holder = await database.connection();
    await holder.query('SELECT GET_LOCK(?, 0)', [`fanfold:${database.database}`]);
    expect(await look(database, all)).toEqual(only({ status: 'note', code: 'BackfillStuck' }));
    await age(database, 200);
    expect(await look(database, all)).toEqual(only({ status: 'ok' }));
  });

  it('names the run that has changed the last batch', async () => {
    const database = await tasks();
    const all = bundle(backfill(FILL, DOES));
    await begin(database, all);
    await begin(database, all, 'run-2');
    await age(database, 400);
    expect(await look(database, all, ['run-2'])).toEqual(only({ code: 'BackfillPaused' }));
  });

  it('finds one that was begun and whose file is gone', async () => {
    const database = await tasks();
    await begin(database, bundle(backfill(FILL, DOES)));
    await age(database, 400);
    expect(await look(database, bundle(migration('20260101000000_a', () => {})))).toEqual(
      only({
        code: 'BackfillLeft',
        nextStep: expect.stringContaining(
          `DELETE FROM fanfold_backfills WHERE migration = '${FILL}';`,
        ),
      }),
    );
    const [left] = await look(database, bundle(backfill('20260103000000_other', DOES)));
    expect(left).toMatchObject({ code: 'BackfillLeft' });
  });

  it('finds one that was begun and that somebody has recorded as applied', async () => {
    const database = await tasks();
    const all = bundle(
      backfill(FILL, DOES),
      migration('20260103000000_a', () => {}),
    );
    await begin(database, all);
    await database.query(`INSERT INTO knex_migrations (name, batch) VALUES ('${FILL}.js', 9)`);
    expect(await look(database, all)).toEqual(
      only({ code: 'BackfillLeft', message: expect.stringContaining('recorded as applied') }),
    );
  });

  it.each<[string, Partial<Backfill>, string, RegExp]>([
    [
      'whose table is gone',
      { table: 'jobs' },
      'SELECT 1',
      /The table "jobs" of the backfill does not exist/,
    ],
    [
      'whose table has no primary key',
      {},
      'ALTER TABLE tasks DROP PRIMARY KEY',
      /has no primary key/,
    ],
    [
      'whose table has no transactions',
      {},
      'ALTER TABLE tasks ENGINE = MyISAM',
      /has no transactions/,
    ],
    [
      'that sets a column of the key',
      { update: 'id = id + 1' },
      'SELECT 1',
      /a column of the primary key/,
    ],
    [
      'whose condition names an unknown column',
      { where: 'm IS NULL' },
      'SELECT 1',
      /refuses the statement of .*m/,
    ],
    [
      'that sets an unknown column',
      { update: 'm = 1' },
      'SELECT 1',
      /refuses the statement of .*m/,
    ],
    ['whose SQL is wrong', { update: 'n = = 1' }, 'SELECT 1', /refuses the statement/],
    [
      'with `rows` and a wrong condition',
      { update: undefined, where: 'm = 1', rows: () => {} } as object,
      'SELECT 1',
      /refuses the statement/,
    ],
  ])('finds a backfill %s', async (_, part, sql, message) => {
    const database = await tasks(sql);
    const all = bundle(backfill(FILL, { ...DOES, ...part } as Backfill));
    expect(await look(database, all)).toEqual(
      only({ status: 'wrong', code: 'BackfillRefused', message: expect.stringMatching(message) }),
    );
    expect(await database.query('SELECT DISTINCT n FROM tasks')).toEqual([{ n: 0 }]);
    // A schema change before it may create what it lacks.
    const early = bundle(
      migration('20260101000000_a', () => {}),
      ...all.migrations,
    );
    expect(await look(database, early)).toEqual(only({ status: 'ok' }));
  });

  it('finds a begun backfill whose file, key or kept values have changed', async () => {
    const database = await tasks();
    await begin(database, bundle(backfill(FILL, { ...DOES, keep: true })));
    const changed = bundle(backfill(FILL, { ...DOES, keep: true }, { source: 'another' }));
    expect(await look(database, changed)).toEqual(
      only({
        code: 'BackfillRefused',
        message: expect.stringContaining('another content of its file'),
      }),
    );
    const all = bundle(backfill(FILL, { ...DOES, keep: true }));
    await database.query('DELETE FROM fanfold_kept');
    expect(await look(database, all)).toEqual(
      only({ code: 'BackfillRefused', message: expect.stringContaining('not there any more') }),
    );
    await database.query('ALTER TABLE tasks DROP PRIMARY KEY, ADD PRIMARY KEY (id, n)');
    expect(await look(database, bundle(backfill(FILL, { ...DOES, update: 'm = 1' })))).toHaveLength(
      1,
    );
    const other = bundle(backfill(FILL, { table: 'tasks', update: 'm = 1' }));
    expect(await look(database, other)).toEqual(
      only({ message: expect.stringContaining('begun with the primary key (id)') }),
    );
  });

  it('finds migrations that wait for a backfill', async () => {
    const database = await tasks();
    const all = bundle(
      backfill(FILL, DOES),
      migration('20260103000000_use', () => {}, { requires: [FILL] }),
    );
    const checks = await look(database, all);
    expect(checks).toContainEqual(
      expect.objectContaining({
        status: 'wrong',
        code: 'BackfillPending',
        message: `The migration 20260103000000_use requires a backfill that is not complete: ${FILL}. Runs of schema changes stop before it.`,
        nextStep: expect.stringContaining('`fanfold migrate:backfills tenant-001`'),
      }),
    );
    expect(await migrate(database, all, { phase: 'all' })).toMatchObject({ status: 'migrated' });
    expect(await look(database, all)).toEqual([]);
  });

  it('does not wait for a table that another session is changing', async () => {
    const database = await tasks();
    const holder = await database.connection();
    await holder.query('LOCK TABLES tasks WRITE');
    expect(await look(database, bundle(backfill(FILL, DOES)))).toEqual(only({ status: 'ok' }));
    await holder.query('UNLOCK TABLES');
  });
});
