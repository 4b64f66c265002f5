import { describe, expect, test } from 'vitest';
import type { HostLoad } from '../../../src/core/backfill/host-strain.ts';
import { createBundle } from '../../../src/core/bundle/bundle.ts';
import type { Check, CheckName } from '../../../src/core/doctor/check.ts';
import type { DatabaseFacts } from '../../../src/core/doctor/database-facts.ts';
import { createExamineTenant, type Examination } from '../../../src/core/doctor/examine-tenant.ts';
import { FanfoldError } from '../../../src/core/errors.ts';
import type { Tenant } from '../../../src/core/tenant.ts';
import { tenantOf } from '../../support/fleet.ts';
import { backfill, migration } from '../../support/migrations.ts';

const first = migration('20260101000000_create_users', () => {});
const second = migration('20260102000000_create_orders', () => {});
const bundle = createBundle([first, second]);

const NEEDED = 'SELECT INSERT UPDATE DELETE CREATE ALTER DROP INDEX REFERENCES'.split(' ');

const healthy: DatabaseFacts = {
  server: { product: 'MySQL', version: '8.0.36', readOnly: false },
  tls: 'TLSv1.3',
  isLoopback: false,
  sqlMode: ['STRICT_TRANS_TABLES'],
  connections: { most: 151, open: 3, ofUser: undefined },
  account: 'acme@%',
  grantsLiterally: false,
  privileges: new Set(NEEDED),
  fenceHolder: null,
  knexLock: { state: 'free', unlock: 'UPDATE l SET is_locked = 0' },
  hasJournal: true,
  state: {
    rows: [{ name: `${first.id}.js`, batch: 1 }],
    checksums: new Map([[first.id, first.checksum]]),
    appliedBy: new Map(),
    revertedBy: new Map(),
    open: [],
  },
  label: undefined,
  onlineWork: [],
  backfills: { begun: [], obstacles: new Map(), load: undefined },
};

const UP_TO_DATE = {
  ...healthy.state,
  rows: [first, second].map(({ id }) => ({ name: `${id}.js`, batch: 1 })),
};

const OWN_WORK = {
  by: 'Fanfold',
  program: 'gh-ost',
  table: undefined,
  tables: ['_fanfold_oc_1_gho', '_fanfold_oc_1_ghk'],
  triggers: [],
  bytes: 2_000_000,
  oldRows: undefined,
} as const;

function examine(
  facts: Partial<DatabaseFacts> | Error,
  tenant: Partial<Tenant> = {},
): Promise<Examination> {
  const examineTenant = createExamineTenant({
    inspect: async () => {
      if (facts instanceof Error) throw facts;
      return { ...healthy, ...facts };
    },
    passwords: { open: async () => 'the-password' },
  });
  return examineTenant(tenantOf(1, tenant), bundle);
}

async function find(facts: Partial<DatabaseFacts>, name: CheckName): Promise<Check | undefined> {
  return (await examine(facts)).checks.find((check) => check.name === name);
}

test('a healthy tenant has a line for each check, all ok', async () => {
  const { status, checks, tenant } = await examine({});
  expect(status).toBe('well');
  expect(tenant.slug).toBe('tenant-001');
  expect(checks.map((check) => `${check.status} ${check.name}: ${check.message}`)).toEqual([
    'ok reachable: db0.example.com:3306 as tenant-001',
    'ok tls: TLSv1.3',
    'ok server: MySQL 8.0.36',
    'ok sql-mode: strict',
    'ok connections: 148 of 151 connections of the server are free',
    'ok privileges: all that tables need; without CREATE VIEW, SHOW VIEW, TRIGGER, CREATE ROUTINE, ALTER ROUTINE, EXECUTE, EVENT, CREATE TEMPORARY TABLES, LOCK TABLES',
    'ok fence: free',
    'ok knex-lock: free',
    'ok journal: nothing open',
    'ok migrations: 1 migration applied, 1 pending',
    'ok checksums: unchanged',
  ]);
});

describe('a tenant whose migrations have a user of their own', () => {
  const two = { migrationLogin: { user: 'ddl', encryptedPassword: 'ciphertext' } };

  async function application(privileges: readonly string[]): Promise<Check | undefined> {
    const examineTenant = createExamineTenant({
      inspect: async ({ user }) =>
        user === 'ddl' ? healthy : { ...healthy, privileges: new Set(privileges) },
      passwords: { open: async () => 'the-password' },
    });
    const { checks } = await examineTenant(tenantOf(1, two), bundle);
    expect(checks).toContainEqual(expect.objectContaining({ name: 'privileges', status: 'ok' }));
    return checks.find(({ name }) => name === 'application');
  }

  test.each([
    ['may work with rows', NEEDED.slice(0, 4), { status: 'ok' }],
    ['may do more', NEEDED, { status: 'note', code: 'ApplicationMayMigrate' }],
    ['may do less', ['SELECT'], { status: 'wrong', code: 'ApplicationPrivilegeMissing' }],
  ])(
    'the application’s user of a tenant has a line of its own if it %s',
    async (_, privileges, line) => {
      expect(await application(privileges)).toMatchObject(line);
    },
  );

  test('a tenant is inspected by its migration user, and not by an incomplete login', async () => {
    const half = { migrationLogin: { user: '', encryptedPassword: 'ciphertext' } };
    expect((await examine({}, half)).checks).toEqual([
      expect.objectContaining({ code: 'AddressIncomplete' }),
    ]);
    const { checks } = await examine({}, two);
    expect(checks[0]).toMatchObject({ message: 'db0.example.com:3306 as ddl' });
  });
});

describe('a tenant that cannot be reached', () => {
  test('a tenant that cannot be reached has one line, with the next step', async () => {
    const { status, checks } = await examine(
      new FanfoldError('ConnectionRefused', 'Nothing accepts connections.', {
        fault: 'tenant',
        retryable: true,
        nextStep: 'Start the server.',
      }),
    );
    expect(status).toBe('unwell');
    expect(checks).toEqual([
      {
        name: 'reachable',
        status: 'wrong',
        code: 'ConnectionRefused',
        message: 'Nothing accepts connections.',
        nextStep: 'Start the server.',
      },
    ]);
  });

  test('a host that does not answer is not waited for again for each of its tenants', async () => {
    let looks = 0;
    const examineTenant = createExamineTenant({
      inspect: async ({ host }) => {
        if (host === 'well') return healthy;
        looks += 1;
        throw new FanfoldError('ConnectionTimedOut', 'It did not answer in time.', {
          fault: 'tenant',
          nextStep: 'Look.',
          retryable: true,
        });
      },
      passwords: { open: async () => 'the-password' },
    });
    const codes: unknown[] = [];
    for (let number = 0; number < 4; number += 1) {
      const { checks } = await examineTenant(tenantOf(number, { host: 'silent' }), bundle);
      codes.push(checks[0] && 'code' in checks[0] && checks[0].code);
    }
    expect(codes).toEqual(['ConnectionTimedOut', 'ConnectionTimedOut', 'HostDown', 'HostDown']);
    expect(looks).toBe(2);
    const { checks } = await examineTenant(tenantOf(9, { host: 'well' }), bundle);
    expect(checks[0]).toMatchObject({ name: 'reachable', status: 'ok' });
  });

  test('a tenant that cannot be reached does not show its password', async () => {
    const { checks } = await examine(new Error('no login with the-password'));
    expect(JSON.stringify(checks)).not.toContain('the-password');
  });

  test('a tenant is not connected to if its row has no host', async () => {
    const { checks } = await examine({}, { host: '' } as Partial<Tenant>);
    expect(checks).toMatchObject([{ name: 'reachable', code: 'AddressIncomplete' }]);
  });
});

test('a tenant that runs leave out is well, with a note', async () => {
  const { status, checks } = await examine({}, { status: 'SUSPENDED' });
  expect(status).toBe('well');
  expect(checks[0]).toMatchObject({ name: 'tenant', status: 'note', code: 'TenantNotActive' });
});

test.each<[string, Partial<DatabaseFacts>, CheckName, Partial<Check> & { code?: string }]>([
  ['plain text', { tls: null }, 'tls', { status: 'note', code: 'NotEncrypted' }],
  ['plain text on loopback', { tls: null, isLoopback: true }, 'tls', { status: 'ok' }],
  [
    'MySQL 5.7',
    { server: { product: 'MySQL', version: '5.7.44', readOnly: false } },
    'server',
    { status: 'wrong', code: 'ServerTooOld' },
  ],
  [
    'MariaDB 10.5',
    { server: { product: 'MariaDB', version: '10.5.29', readOnly: false } },
    'server',
    { status: 'wrong', code: 'ServerTooOld' },
  ],
  [
    'MariaDB 11',
    { server: { product: 'MariaDB', version: '11.0.2', readOnly: false } },
    'server',
    { status: 'ok' },
  ],
  [
    'a replica',
    { server: { product: 'MySQL', version: '9.7.4', readOnly: true } },
    'server',
    { status: 'wrong', code: 'ServerReadOnly' },
  ],
  [
    'no backslash escapes',
    { sqlMode: ['STRICT_ALL_TABLES', 'NO_BACKSLASH_ESCAPES'] },
    'sql-mode',
    { status: 'wrong', code: 'SqlModeUnsafe' },
  ],
  ['no strict mode', { sqlMode: [''] }, 'sql-mode', { status: 'note', code: 'SqlModeNotStrict' }],
  [
    'ANSI quotes',
    { sqlMode: ['ANSI_QUOTES', 'STRICT_ALL_TABLES'] },
    'sql-mode',
    { status: 'note', code: 'SqlModeAnsiQuotes' },
  ],
  [
    'a user with a limit of its own',
    { connections: { most: 151, open: 3, ofUser: { most: 5, open: 2 } } },
    'connections',
    {
      status: 'note',
      code: 'FewConnections',
      message: 'Only 3 of 5 connections of this user are free.',
    },
  ],
  [
    'a full server',
    { connections: { most: 10, open: 12, ofUser: { most: 50, open: 1 } } },
    'connections',
    { status: 'note', message: 'Only 0 of 10 connections of the server are free.' },
  ],
  [
    'a reader',
    { privileges: new Set(['SELECT', 'USAGE']) },
    'privileges',
    {
      status: 'wrong',
      code: 'PrivilegeMissing',
      message:
        'User "tenant-001" lacks INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES on "tenant-001_db".',
    },
  ],
  [
    'a held fence',
    { fenceHolder: 'connection 42 (user app), idle for 3 s' },
    'fence',
    {
      status: 'wrong',
      code: 'TenantBusy',
      message: "A migrator holds this database's fence: connection 42 (user app), idle for 3 s.",
    },
  ],
  [
    "Knex's lock along with the fence",
    { fenceHolder: 'connection 42', knexLock: { state: 'running', unlock: '' } },
    'knex-lock',
    { status: 'ok' },
  ],
  [
    'a lock of a run that gave the fence away',
    { knexLock: { state: 'running', unlock: 'UPDATE l SET is_locked = 0' } },
    'knex-lock',
    { status: 'wrong', code: 'KnexLockSet' },
  ],
  [
    'a lock that a killed run left',
    { knexLock: { state: 'ours', unlock: '' } },
    'knex-lock',
    { status: 'note', code: 'KnexLockStale' },
  ],
  [
    'a lock of plain Knex',
    { knexLock: { state: 'knex', unlock: 'UPDATE l SET is_locked = 0' } },
    'knex-lock',
    {
      status: 'wrong',
      code: 'KnexLockSet',
      nextStep:
        'If no Knex migration is running, free the lock: `fanfold migrate:doctor tenant-001 --fix`, or UPDATE l SET is_locked = 0;',
    } as Partial<Check>,
  ],
  [
    'a lock that nobody can hold any more',
    { knexLock: { state: 'abandoned', unlock: '' } },
    'knex-lock',
    { status: 'note', code: 'KnexLockStale' },
  ],
  [
    'an online change at work',
    { onlineWork: [OWN_WORK], fenceHolder: 'connection 42' },
    'online-changes',
    { status: 'ok' },
  ],
  [
    'an online change that a half-applied migration resumes',
    {
      onlineWork: [OWN_WORK],
      state: { ...healthy.state, open: [{ id: second.id, direction: 'up' }] },
    },
    'online-changes',
    {
      status: 'note',
      code: 'OnlineChangeInterrupted',
      nextStep:
        'The next run resumes it if the same migration is still to be applied, and the server has the binary log: `fanfold migrate:tenant tenant-001`. Otherwise: DROP TABLE `_fanfold_oc_1_gho`, `_fanfold_oc_1_ghk`;',
    } as Partial<Check>,
  ],
  [
    'an online change that a pending migration resumes, after it was stopped at a boundary',
    { onlineWork: [OWN_WORK] },
    'online-changes',
    { status: 'note', code: 'OnlineChangeInterrupted' },
  ],
  [
    'an online change that nothing will resume',
    { onlineWork: [OWN_WORK], state: UP_TO_DATE },
    'online-changes',
    {
      status: 'note',
      code: 'OnlineChangeLeft',
      message:
        'A change of a table by gh-ost was interrupted. It has left _fanfold_oc_1_gho, _fanfold_oc_1_ghk (2.0 MB).',
      nextStep:
        'No migration will resume it. Clear it away: `fanfold migrate:doctor tenant-001 --fix`, or DROP TABLE `_fanfold_oc_1_gho`, `_fanfold_oc_1_ghk`;',
    } as Partial<Check>,
  ],
  [
    'rows from before an online change',
    { onlineWork: [{ ...OWN_WORK, tables: ['_fanfold_oc_1_del'], oldRows: '_fanfold_oc_1_del' }] },
    'online-changes',
    { nextStep: 'If you do not need those rows any more: DROP TABLE `_fanfold_oc_1_del`;' },
  ],
  [
    'triggers of another program, which are dropped before their table',
    {
      onlineWork: [
        {
          by: 'pt-online-schema-change',
          table: 'events',
          tables: ['_events_new'],
          triggers: ['pt_osc_acme_events_ins'],
          bytes: 1_000,
          oldRows: undefined,
        },
      ],
    },
    'online-changes',
    {
      code: 'OnlineChangeOther',
      message:
        'A change of the table "events" by pt-online-schema-change is running or was interrupted. It has the triggers pt_osc_acme_events_ins and _events_new (1.0 kB).',
      nextStep:
        'Until it has ended or is cleared away, Fanfold refuses to change this table online. If nobody is running it: DROP TRIGGER `pt_osc_acme_events_ins`; DROP TABLE `_events_new`;',
    } as Partial<Check>,
  ],
  [
    'a database of plain Knex',
    { hasJournal: false, state: { ...healthy.state, checksums: new Map() } },
    'checksums',
    {
      status: 'ok',
      message:
        '1 applied migration without one, to be recorded by the next run that applies something',
    },
  ],
  [
    'a migration that was begun and not ended',
    { state: { ...healthy.state, open: [{ id: second.id, direction: 'up' }] } },
    'journal',
    {
      status: 'wrong',
      code: 'HalfApplied',
      nextStep:
        'See the standing of each statement: `fanfold migrate:resolve tenant-001`. The next run resumes it, or says why it cannot: `fanfold migrate:tenant tenant-001`',
    },
  ],
  [
    'a migration that could not be resumed',
    {
      state: { ...healthy.state, open: [{ id: second.id, direction: 'up' }] },
      label: { message: 'It binds other values now.', at: new Date(0), statements: [] },
    },
    'journal',
    {
      status: 'wrong',
      code: 'HalfApplied',
      message: `The migration ${second.id} is half-applied, and the last attempt could not resume it: It binds other values now.`,
      nextStep:
        'See the standing of each statement and the possible ways out: `fanfold migrate:resolve tenant-001`',
    },
  ],
  [
    'a migration that is under way',
    {
      state: { ...healthy.state, open: [{ id: first.id, direction: 'down' }] },
      fenceHolder: 'connection 42',
    },
    'journal',
    { status: 'ok', message: `${first.id} is under way` },
  ],
  [
    'an unknown migration, and one pending',
    { state: { ...healthy.state, rows: [{ name: '20270101000000_from_elsewhere.js', batch: 1 }] } },
    'migrations',
    { status: 'wrong', code: 'MigrationsMissing' },
  ],
  [
    'an unknown migration, and nothing pending',
    {
      state: {
        ...healthy.state,
        rows: [first.id, second.id, '20270101000000_x'].map((name) => ({ name, batch: 1 })),
      },
    },
    'migrations',
    { status: 'note', code: 'ahead' },
  ],
  [
    'a changed migration',
    { state: { ...healthy.state, checksums: new Map([[first.id, 'another']]) } },
    'checksums',
    { status: 'wrong', code: 'MigrationModified' },
  ],
])('the command of a finding is complete for %s', async (_what, facts, name, expected) => {
  expect(await find(facts, name)).toMatchObject(expected);
});

test('a tenant whose application cannot log in is broken, although its migration user can', async () => {
  const tenant = tenantOf(1, {
    migrationLogin: { user: 'migrator', encryptedPassword: 'x' },
  });
  const password = 'the-applications-password';
  const examineTenant = createExamineTenant({
    inspect: async ({ user }) => {
      if (user === 'migrator') return healthy;
      throw new FanfoldError('AccessDenied', `"${user}" was refused with ${password}.`, {
        fault: 'tenant',
        nextStep: `Do not use ${password}.`,
      });
    },
    passwords: { open: async ({ address }) => (address.user === 'migrator' ? 'other' : password) },
  });
  const { checks } = await examineTenant(tenant, bundle);
  expect(checks.find(({ name }) => name === 'reachable')?.status).toBe('ok');
  expect(checks.find(({ name }) => name === 'application')).toEqual({
    ...{ name: 'application', status: 'wrong', code: 'AccessDenied' },
    message: '"tenant-001" was refused with [secret].',
    nextStep: 'Do not use [secret].',
  });
});

describe('a server on which a backfill is pending', () => {
  const idle: HostLoad = {
    running: 3,
    history: undefined,
    replicaLag: undefined,
    applierQueue: undefined,
    replicas: [],
    commitMs: undefined,
  };
  const pending = createBundle([
    backfill('20260102000000_fill', { table: 'users', update: 'n = 1' }),
  ]);

  async function load(of: Partial<HostLoad>): Promise<Check[]> {
    const state = { ...healthy.state, rows: [], checksums: new Map() };
    const backfills = { begun: [], obstacles: new Map(), load: { ...idle, ...of } };
    const examineTenant = createExamineTenant({
      inspect: async () => ({ ...healthy, state, backfills }),
      passwords: { open: async () => 'the-password' },
    });
    const { checks } = await examineTenant(tenantOf(1), pending);
    return checks.filter(({ name, status }) => name === 'backfills' && status !== 'ok');
  }

  test('is not mentioned as long as it has little to do', async () => {
    expect(await load({})).toEqual([]);
  });

  test.each([
    [{ running: 40 }, '40 sessions execute a statement (limit 25)', 'at most a tenth'],
    [{ history: 2_000_000 }, 'has 2,000,000 entries (limit 100,000)', 'at most a tenth'],
    [{ replicaLag: 60 }, 'replication is 60 s late (limit 5 s)', 'no batch of a backfill begins'],
    [{ applierQueue: 9_000 }, '9,000 transactions to apply (limit 2,500)', 'no batch'],
    [{ replicaLag: 60, running: 40 }, 'sessions execute a statement', 'no batch'],
  ])('is noted with the sign and its limit: %j', async (of, sign, consequence) => {
    const [check, ...others] = await load(of);
    expect(others).toEqual([]);
    expect(check).toMatchObject({ status: 'note', code: 'BackfillsSlowed' });
    expect(check?.message).toContain(sign);
    expect(check?.message).toContain(consequence);
  });
});

test('a backfill whose file cannot be loaded is a finding beside the others', async () => {
  const broken = { ...second, load: () => Promise.reject(new Error('no such module')) };
  const examineTenant = createExamineTenant({
    inspect: async (_, pendingBackfills) => {
      expect(await pendingBackfills?.(healthy.state)).toEqual([]);
      return healthy;
    },
    passwords: { open: async () => 'the-password' },
  });
  const { checks, status } = await examineTenant(tenantOf(1), createBundle([first, broken]));
  expect(status).toBe('unwell');
  expect(checks).toContainEqual(expect.objectContaining({ name: 'checksums', status: 'ok' }));
  expect(checks).toContainEqual(expect.objectContaining({ name: 'backfills', status: 'wrong' }));
});
