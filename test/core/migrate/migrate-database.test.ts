import { describe, expect, it } from 'vitest';
import { createBundle, type Migration } from '../../../src/core/bundle/bundle.ts';
import { FanfoldError } from '../../../src/core/errors.ts';
import type { ExpectedState } from '../../../src/core/migrate/expected-state.ts';
import { migrateDatabase } from '../../../src/core/migrate/migrate-database.ts';
import { createMigrateTenant } from '../../../src/core/migrate/migrate-tenant.ts';
import type { FencedDatabase, TenantDatabases } from '../../../src/core/ports.ts';
import type { RunRequest } from '../../../src/core/request.ts';
import type { SchemaState } from '../../../src/core/schema-state.ts';
import { requestOf, tenantOf } from '../../support/fleet.ts';

const IDS = ['1_a', '2_b', '3_c'];
const bundle = createBundle(
  IDS.map(
    (id): Migration => ({
      ...{ id, extension: '.js', checksum: id },
      load: async () => ({ up: () => {}, down: () => {} }),
    }),
  ),
);
const LOGIN = {
  ...{ host: 'db0.example.com', port: 3306, database: 'acme_db', user: 'acme' },
  password: 'hunter2-hunter2',
};

function stateWith(applied: readonly string[]): SchemaState {
  return {
    rows: applied.map((id, index) => ({ name: `${id}.js`, batch: index + 1 })),
    checksums: new Map(applied.map((id) => [id, id])),
    appliedBy: new Map(applied.map((id) => [id, 'run-0'])),
    revertedBy: new Map(),
    open: [],
  };
}

interface Database {
  /** Migrations that it has when it is asked. */
  readonly applied?: readonly string[];
  /** Migrations that it has under the fence, if another migrator was faster. */
  readonly fenced?: readonly string[];
  /** The migration that throws. */
  readonly breaksAt?: string;
}

const ROLLBACK: Partial<RunRequest> = { command: 'rollback', run: 'run-0', allowEmpty: true };

/** A database that keeps what was done with it. */
function databaseWith({ applied = [], fenced: later = applied, breaksAt }: Database = {}) {
  const calls: string[] = [];
  const fenced = {
    state: stateWith(later),
    notes: [{ code: 'StaleLockCleared', message: 'An old lock was cleared.' }],
    async run(steps, { pause, onRecorded }) {
      for (const step of steps) {
        if (pause?.() === true) return 'paused';
        if (step.migration.id === breaksAt) throw new Error(`${LOGIN.password} broke at acme_db`);
        calls.push(`${step.direction} ${step.migration.id}`);
        onRecorded(step, 1);
      }
      return 'done';
    },
  } satisfies Partial<FencedDatabase> as unknown as FencedDatabase;
  const databases: TenantDatabases = {
    using: (_, work) =>
      work({
        readState: async (ahead) => {
          if (ahead !== undefined) calls.push(`ahead ${ahead.expected.kind}`);
          return stateWith(applied);
        },
        readBackfills: async () => [],
        takeHostSlot: async (most) => void calls.push(`slot of ${most}`),
        usingFence: ({ waitSeconds }, withFence) => {
          calls.push(`fence ${waitSeconds}`);
          return withFence(fenced);
        },
      }),
  };
  const attempt = (
    request: Partial<RunRequest> = {},
    { expected, ...more }: { onAnswer?: () => void; expected?: ExpectedState } = {},
  ) =>
    migrateDatabase(
      LOGIN,
      { runId: 'run-1', bundle, request: requestOf(request), ...more },
      { databases },
      { expected },
    );
  return { attempt, calls, databases };
}

describe('an attempt at one database', () => {
  it('an attempt locks a database only if it has something to apply', async () => {
    const { attempt, calls } = databaseWith({ applied: IDS });
    expect(await attempt({ maxPerHost: 2 })).toEqual({ status: 'unchanged', notes: [] });
    expect(calls).toEqual([]);
  });

  it('an attempt takes its place on the host before it locks and applies', async () => {
    const { attempt, calls } = databaseWith({ applied: ['1_a'] });
    expect(await attempt({ maxPerHost: 2 })).toMatchObject({
      status: 'migrated',
      applied: [{ name: '2_b.js' }, { name: '3_c.js' }],
      notes: [{ code: 'StaleLockCleared' }],
    });
    expect(calls).toEqual(['slot of 2', 'fence 10', 'up 2_b', 'up 3_c']);
  });

  it.each<[string, Partial<RunRequest>, string[]]>([
    ['a migration', {}, ['ahead fresh']],
    ['a plan', { command: 'plan' }, []],
    ['a migration with a limit for its host', { maxPerHost: 2 }, []],
    ['a rollback', ROLLBACK, []],
  ])(
    '%s locks with the first question only if nothing else comes before',
    async (_, request, ahead) => {
      const { attempt, calls } = databaseWith();
      await attempt(request, { expected: { kind: 'fresh' } });
      expect(calls.filter((call) => call.startsWith('ahead'))).toEqual(ahead);
    },
  );

  it('an attempt applies nothing that another migrator has applied before the fence', async () => {
    const { attempt, calls } = databaseWith({ applied: ['1_a'], fenced: IDS });
    expect(await attempt()).toMatchObject({ status: 'unchanged' });
    expect(calls).toEqual(['fence 10']);
  });

  it('a plan names what would be applied or rolled back, and locks nothing', async () => {
    const { attempt, calls } = databaseWith({ applied: ['1_a', '2_b'] });
    expect(await attempt({ command: 'plan' })).toMatchObject({
      status: 'planned',
      pending: ['3_c.js'],
    });
    expect(await attempt({ ...ROLLBACK, command: 'plan', rollback: true })).toMatchObject({
      ...{ status: 'planned', pending: [], reverting: ['2_b.js', '1_a.js'] },
    });
    expect(calls).toEqual([]);
  });

  it('a rollback goes back from the newest migration, on its place on the host', async () => {
    const { attempt, calls } = databaseWith({ applied: ['1_a', '2_b'] });
    expect(await attempt({ ...ROLLBACK, maxPerHost: 3 })).toMatchObject({
      status: 'reverted',
      reverted: [{ name: '2_b.js' }, { name: '1_a.js' }],
    });
    expect(calls).toEqual(['slot of 3', 'fence 10', 'down 2_b', 'down 1_a']);
  });

  it.each<[string, Partial<RunRequest>, Database, object]>([
    [
      'applied',
      {},
      { breaksAt: '3_c' },
      { applied: [{ name: '1_a.js' }, { name: '2_b.js' }], notes: [{ code: 'StaleLockCleared' }] },
    ],
    [
      'rolled back',
      ROLLBACK,
      { applied: IDS, breaksAt: '1_a' },
      {
        ...{ applied: [], reverted: [{ name: '3_c.js' }, { name: '2_b.js' }] },
        notes: [{ code: 'StaleLockCleared' }],
      },
    ],
  ])(
    'a failed attempt has what it has %s before, and no password',
    async (_, request, given, done) => {
      const { attempt } = databaseWith(given);
      const failed = await attempt(request);
      expect(failed).toMatchObject({ status: 'failed', failure: { code: 'Unexpected' }, ...done });
      expect(JSON.stringify(failed)).not.toContain(LOGIN.password);
    },
  );

  it('an attempt tells when the server has answered, and not before', async () => {
    let answers = 0;
    const { attempt } = databaseWith();
    await attempt({ command: 'plan' }, { onAnswer: () => (answers += 1) });
    expect(answers).toBe(1);
    const error = new Error('The server is gone.');
    const databases = { using: () => Promise.reject(error) };
    const context = {
      runId: 'run-1',
      bundle,
      request: requestOf(),
      onAnswer: () => (answers += 1),
    };
    expect(await migrateDatabase(LOGIN, context, { databases })).toMatchObject({
      status: 'failed',
      failure: { message: expect.stringContaining('The server is gone.') },
    });
    expect(answers).toBe(1);
  });
});

describe('an attempt at a tenant whose login cannot be opened', () => {
  const wrongKey = new FanfoldError('PasswordWrongKey', 'The key does not fit.', {
    fault: 'tenant',
    nextStep: 'Give the key.',
  });
  const attempt = (request: Partial<RunRequest>) => {
    const { databases, calls } = databaseWith();
    const passwords = { open: () => Promise.reject(wrongKey) };
    const migrate = createMigrateTenant({ databases, passwords });
    const context = { runId: 'run-1', bundle, request: requestOf(request) };
    return { outcome: migrate(tenantOf(1), context), calls };
  };
  const failed = { status: 'failed', failure: { code: 'PasswordWrongKey' }, applied: [] };

  it.each<[string, Partial<RunRequest>, object]>([
    ['migration', {}, failed],
    ['rollback', ROLLBACK, { ...failed, reverted: [] }],
  ])('the %s fails as data, and no database is opened', async (_, request, expected) => {
    const { outcome, calls } = attempt(request);
    expect(await outcome).toMatchObject(expected);
    expect(calls).toEqual([]);
  });
});
