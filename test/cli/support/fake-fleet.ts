import { createForecastStore } from '../../../src/adapters/local/forecast-store.ts';
import { createLocalRunStore } from '../../../src/adapters/local/run-store.ts';
import type { Wiring } from '../../../src/cli/wiring/create-wiring.ts';
import { wireNotifications } from '../../../src/cli/wiring/wire-notifications.ts';
import { createBundle, type Migration } from '../../../src/core/bundle/bundle.ts';
import type { TenantRegistry } from '../../../src/core/central/tenant-registry.ts';
import type { CredentialRegistry } from '../../../src/core/credentials/credential-registry.ts';
import { type Check, ok } from '../../../src/core/doctor/check.ts';
import type { Attempt } from '../../../src/core/migrate/attempt.ts';
import type { PoolRegistry } from '../../../src/core/pool/pool-registry.ts';
import type { TenantDirectory } from '../../../src/core/ports.ts';
import type { ProvisioningRegistry } from '../../../src/core/provision/provisioning-registry.ts';
import type { RunRequest } from '../../../src/core/request.ts';
import type { HalfAppliedReport } from '../../../src/core/resolve/half-applied-report.ts';
import { waysOut } from '../../../src/core/resolve/ways-out.ts';
import type { Tenant } from '../../../src/core/tenant.ts';
import { fixtureFolder } from '../../support/fixture-folder.ts';

/** A tenant of a fleet without databases. */
export interface FakeTenant extends Partial<Omit<Tenant, 'address'>> {
  readonly slug: string;
  readonly database?: string;
  /** The result of an attempt; by default it runs the bundle's last migration. */
  readonly attempt?: (command: RunRequest['command']) => Attempt | Promise<Attempt>;
  /** The checks of an examination; by default that the tenant can be reached. */
  readonly checks?: readonly Check[];
}

export interface FakeFleet {
  readonly wiring: Wiring;
  /** Every attempt in order, by slug. */
  readonly attempts: readonly string[];
}

/** The migrations of a fake bundle. */
const FAKE_MIGRATIONS = ['20250101090000_create_users', '20250127120000_add_priority_to_tasks'];

const FAKE_STATEMENTS = [
  { number: 1, text: 'alter table `users` add `a` int', standing: 'not known' },
] as const;

/** A pool without databases. */
const emptyPool: PoolRegistry = {
  exists: async () => false,
  identity: async () => 'fake',
  servers: async () => [],
  namesOfTenants: async () => [],
  remember: async () => {},
  forget: async () => {},
  tidy: async () => {},
  list: async () => [],
  reserve: async () => false,
  reached: async () => false,
  retire: async () => false,
  handOut: async () => false,
  get provisioning(): never {
    throw new Error('There is no pool.');
  },
};

/** A half-applied migration of every fake tenant. */
const FAKE_REPORT: HalfAppliedReport = {
  migration: '20250127120000_add_priority_to_tasks',
  open: new Set(['up']),
  file: '20250127120000_add_priority_to_tasks.ts',
  label: undefined,
  statements: FAKE_STATEMENTS,
  ahead: undefined,
  ways: waysOut({
    open: new Set(['up']),
    isRecorded: false,
    statements: FAKE_STATEMENTS,
    file: 'has down',
  }),
};

/**
 * The command line's wiring over tenants that exist in memory only: the directory and the attempts
 * are fake, the run and the run store are real.
 */
export async function fakeFleet(tenants: readonly FakeTenant[]): Promise<FakeFleet> {
  const folder = await fixtureFolder();
  const attempts: string[] = [];
  const fakes = new Map(tenants.map((fake, index) => [idOf(index), fake]));
  const rows = tenants.map(tenantOf);
  let runs = 0;
  const wiring: Wiring = {
    // Receivers are real: a test starts its own.
    ...wireNotifications({ env: {} }),
    now: () => performance.now(),
    newRunId: () => `run-${++runs}`,
    loadProject: async () => ({
      section: {},
      origin: (path) => path,
      folder,
      file: undefined,
      fileName: undefined,
      environment: undefined,
      hasEnvironments: false,
      knexfile: undefined,
      idleKnexfile: undefined,
      migrationsFolder: { path: './migrations/tenant', from: undefined },
    }),
    installed: async () => ({ fanfold: { version: '0.0.0', folder }, knex: undefined }),
    makeMigration: async (directory, name, language) => `${directory}/1_${name}.${language}`,
    makeBackfill: async (directory, name, language) => `${directory}/1_${name}.${language}`,
    loadBundle: async () => createBundle(FAKE_MIGRATIONS.map(migration)),
    resolveTenant: async () => ({
      look: async () => [FAKE_REPORT],
      resolve: async (_tenant, { kind, byHand, confirm }) => {
        const ofKind = FAKE_REPORT.ways.filter((way) => way.kind === kind);
        const way = ofKind.find((each) => each.byHand === (byHand !== undefined)) ?? ofKind[0];
        if (way === undefined) throw new Error(`There is no way by ${kind}.`);
        return (await confirm(FAKE_REPORT, way)) ? 'resolved' : 'declined';
      },
    }),
    operator: () => 'somebody@somewhere',
    attemptTenant: async () => async (tenant, context) => {
      attempts.push(tenant.slug);
      const { attempt } = fakes.get(tenant.id) ?? {};
      return (await attempt?.(context.request.command)) ?? succeed(context.request.command);
    },
    attemptDatabase: () => Promise.reject(new Error('There is no database.')),
    keptOfTenant: async () => async () => ({ status: 'read', kept: [], isDropped: false }),
    readTenant: async () => async (tenant) => {
      attempts.push(tenant.slug);
      const { attempt } = fakes.get(tenant.id) ?? {};
      const answer = (await attempt?.('plan')) ?? succeed('plan');
      if (answer.status === 'planned' || answer.status === 'failed') return answer;
      return { status: 'planned', pending: [], notes: answer.notes };
    },
    readSources: async () => new Map(),
    readShapeFile: async () => [],
    committedMigrations: async () => undefined,
    usingRehearsalServer: () => Promise.reject(new Error('There is no scratch server.')),
    usingSnapshotServer: () => Promise.reject(new Error('There is no scratch server.')),
    snapshotPath: () => `${folder}/fanfold.snapshot`,
    openSnapshotSink: () => Promise.reject(new Error('There is no snapshot.')),
    rehearsalRules: async () => ({ severities: {}, allowed: new Map() }),
    lintSettings: () => ({ rules: {}, allow: {} }),
    shapeReading: () => Promise.reject(new Error('There are no databases.')),
    usingExpectedShapes: () => Promise.reject(new Error('There is no scratch server.')),
    repairFile: () => Promise.reject(new Error('There are no definitions.')),
    readFile: () => Promise.reject(new Error('Nothing is read.')),
    writeFile: () => Promise.reject(new Error('Nothing is written.')),
    recordBundle: () => Promise.reject(new Error('There is no scratch server.')),
    readFacts: () => Promise.reject(new Error('There is no server with tables.')),
    checkTenant: () => Promise.reject(new Error('There is no server with tables.')),
    forecastStore: async ({ runStore }) => createForecastStore(runStore),
    watchTenant: async () => async () => undefined,
    attemptWorkers: async () => {
      throw new Error('A fake fleet has no threads.');
    },
    threadsOfMachine: () => 1,
    mainThread: async () => {
      throw new Error('A fake fleet has no threads.');
    },
    readLoad: async () => async () => ({ running: 1, connected: 1, most: 100 }),
    readDigests: async () => async () => ({ statements: new Map(), isCut: false }),
    baselineTenant:
      async () =>
      async ({ id, slug, name, address }) => ({
        tenant: { id, slug, name, database: address.database },
        status: 'recorded',
        recorded: FAKE_MIGRATIONS.length,
      }),
    examineTenant:
      async () =>
      async ({ id, slug, name, address }) => {
        const checks = fakes.get(id)?.checks ?? [ok('reachable', 'db')];
        const isUnwell = checks.some(({ status }) => status === 'wrong');
        const tenant = { id, slug, name, database: address.database };
        return { tenant, status: isUnwell ? 'unwell' : 'well', checks };
      },
    usingCentral: (_options, work) =>
      work({
        directory: directoryOf(rows),
        registry: registryOf(rows),
        provisioning: provisioningOf(rows),
        credentials: credentialsOf(rows),
        pool: emptyPool,
      }),
    readProjectFiles: () => Promise.reject(new Error('There is no project.')),
    loadKnexfile: () => Promise.reject(new Error('There is no project.')),
    writeConfigFile: async () => {},
    usingCentralTables: () => Promise.reject(new Error('There is no database.')),
    usingTenants: (_options, _mapping, work) => work({ directory: directoryOf(rows) }),
    migrateCentral: async () => ['20261101090000_create_tenants'],
    rollbackCentral: async () => [],
    passwordEncryption: async () => ({
      format: 'v1',
      seal: async (_row, password) => `encrypted(${password})`,
    }),
    keyRing: () => Promise.reject(new Error('There is no key ring.')),
    credentials: () => Promise.reject(new Error('There is no server.')),
    repairs: () => Promise.reject(new Error('There is no server to repair.')),
    provisioning: () => Promise.reject(new Error('There is no server to provision on.')),
    poolSize: () => undefined,
    runStore: async () => createLocalRunStore(folder),
    strayErrors: async () => ({ blame: () => undefined, isInMigration: () => false }),
    fanOut: async () => ({
      clock: { now: Date.now, sleep: async () => {} },
      random: () => 0,
      renderReport: () => '<!doctype html>',
    }),
    remoteProvisioning: () => Promise.reject(new Error('This fleet is on no stack.')),
    remoteOperator: () => Promise.reject(new Error('This fleet is on no stack.')),
    remoteKeys: () => Promise.reject(new Error('This fleet is on no stack.')),
    remote: () => Promise.reject(new Error('This fleet is on no stack.')),
    remoteApprovals: () => Promise.reject(new Error('This fleet is on no stack.')),
  };
  return { wiring, attempts };
}

/** A failure with all that there is to tell. */
export function failed(message = "Table 'tasks' already exists"): Attempt {
  return {
    status: 'failed',
    applied: [],
    notes: [],
    failure: {
      code: 'TableExists',
      message,
      nextStep: 'Look why the table is there.',
      retryable: false,
      fingerprint: 'TableExists|1050|20250127120000_add_priority_to_tasks|create table `tasks`',
      migration: '20250127120000_add_priority_to_tasks',
      statement: { number: 1, text: 'create table `tasks` (`id` int)' },
      errno: 1050,
      sqlState: '42S01',
    },
  };
}

/** Nothing to do. */
export const unchanged: Attempt = { status: 'unchanged', notes: [] };

function succeed(command: RunRequest['command']): Attempt {
  const name = '20250127120000_add_priority_to_tasks.js';
  return command === 'plan'
    ? { status: 'planned', pending: [name], notes: [] }
    : command === 'rollback'
      ? { status: 'reverted', reverted: [{ name, durationMs: 3 }], notes: [] }
      : { status: 'migrated', applied: [{ name, durationMs: 3 }], notes: [] };
}

function migration(id: string): Migration {
  return {
    id,
    extension: '.ts',
    checksum: id,
    load: () => Promise.reject(new Error('not loaded')),
  };
}

function idOf(index: number): string {
  return `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
}

function tenantOf(fake: FakeTenant, index: number): Tenant {
  const { slug, name = slug, status = 'ACTIVE', database = `${slug}_db` } = fake;
  return {
    id: fake.id ?? idOf(index),
    slug,
    name,
    status,
    address: { host: '127.0.0.1', port: 3306, database, user: slug },
    encryptedPassword: 'ciphertext',
    schemaVersion: null,
    lastMigratedAt: null,
    lastRunId: null,
  };
}

function directoryOf(rows: readonly Tenant[]): TenantDirectory {
  return {
    count: async ({ status }) => rows.filter((row) => row.status === (status ?? 'ACTIVE')).length,
    async *listIds({ status }) {
      for (const row of rows) if (row.status === (status ?? 'ACTIVE')) yield row.id;
    },
    idsAfter: async ({ status }, after, limit) =>
      rows
        .filter((row) => row.status === (status ?? 'ACTIVE') && row.id > after)
        .map(({ id }) => id)
        .sort()
        .slice(0, limit),
    findByIds: async (ids) => rows.filter(({ id }) => ids.includes(id)),
    findByNames: async (names) =>
      rows.filter(({ id, slug }) => names.includes(slug) || names.includes(id)),
    recordReached: async () => {},
    forgetReached: async () => {},
  };
}

/** Nothing is changed. */
function credentialsOf(rows: readonly Tenant[]): CredentialRegistry {
  const all = rows.map((tenant) => ({ tenant, next: null }));
  return {
    checkWritable: async () => {},
    read: async (id) => all.find(({ tenant }) => tenant.id === id),
    page: async (after) => all.filter(({ tenant }) => tenant.id > after),
    change: async () => false,
  };
}

/** Nothing is provisioned without a database server. */
function provisioningOf(rows: readonly Tenant[]): ProvisioningRegistry {
  const find = (tenant: Tenant | undefined) => tenant && { tenant, mark: null };
  const refuse = async () => false;
  return {
    read: async (id) => find(rows.find((row) => row.id === id)),
    findBySlug: async (slug) => find(rows.find((row) => row.slug === slug)),
    add: async ({ id }) => id,
    claim: refuse,
    resume: refuse,
    mark: refuse,
    activate: refuse,
    fail: refuse,
    forget: refuse,
    remove: refuse,
  };
}

function registryOf(rows: readonly Tenant[]): TenantRegistry {
  return {
    async *list({ status }) {
      for (const row of rows) if (status === undefined || row.status === status) yield row;
    },
    add: async ({ id = idOf(rows.length), ...draft }) => ({
      ...tenantOf({ slug: draft.slug }, rows.length),
      ...draft,
      id,
    }),
    setStatus: async () => {},
  };
}
