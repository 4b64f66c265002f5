import { FanfoldError } from '../errors.ts';
import { isIamMarker } from '../iam/iam-marker.ts';
import { TenantMigrationError } from '../migrate/tenant-migration-error.ts';
import type { AppliedMigration, Note } from '../outcome.ts';
import { LOCK_WAIT_TIMEOUT_SECONDS } from '../request.ts';
import { serverName, type Tenant } from '../tenant.ts';
import { claimTenant } from './claim-tenant.ts';
import type { Account } from './database-server.ts';
import { makeIamAccounts } from './make-iam-accounts.ts';
import { onServerOf, tenantAccounts } from './on-server.ts';
import type { Provisioning } from './provisioning.ts';
import type { ProvisioningRow } from './provisioning-registry.ts';

/** The steps of provisioning, in this order. Each may be repeated at any time. */
export const PROVISION_STEPS = [
  'claim',
  'account',
  'database',
  'rights',
  'migrations',
  'activation',
] as const;

export type ProvisionStep = (typeof PROVISION_STEPS)[number];

/** The result of one step. */
export interface StepResult {
  readonly tenant: Tenant;
  /** `false` if an earlier attempt had done it already. */
  readonly done: boolean;
  /** The migrations that the step `migrations` applied. */
  readonly applied?: readonly AppliedMigration[] | undefined;
  /** Whether that was done from a snapshot, and if not, why. */
  readonly notes?: readonly Note[] | undefined;
  /** The step `migrations` was paused: it resumes when it is repeated. */
  readonly paused?: boolean | undefined;
}

/**
 * Does one step for one tenant. All that the steps share is in the central database and on the tenant's
 * server, so that each may run in a separate process. A tenant that is ACTIVE is left as it is. Throws
 * `FanfoldError`s; a retryable one may pass if the step is repeated.
 */
export async function provisionStep(
  step: ProvisionStep,
  tenantId: string,
  provisioning: Provisioning,
): Promise<StepResult> {
  if (step === 'claim') {
    const before = await provisioning.registry.read(tenantId);
    const tenant = await claimTenant(tenantId, provisioning);
    const isNew = before?.tenant.encryptedPassword === '';
    return { tenant, done: tenant.status !== 'ACTIVE' && isNew };
  }
  const { tenant, mark } = await readRow(tenantId, provisioning);
  if (tenant.status === 'ACTIVE') return { tenant, done: false };
  if (mark === null) throw takenAway(tenant.slug, `is ${tenant.status} by now`);
  switch (step) {
    case 'account':
      return { tenant, done: await makeAccounts(tenant, provisioning) };
    case 'database':
      return { tenant, done: await makeDatabase(tenant, provisioning) };
    case 'rights':
      return { tenant, done: await giveRights(tenant, provisioning) };
    case 'migrations':
      return migrate(tenant, provisioning);
    case 'activation':
      return activate(tenant, provisioning);
  }
}

/** The row while it is PROVISIONING and marked, or ACTIVE, which has no mark. Else throws. */
async function readRow(id: string, { registry }: Provisioning): Promise<ProvisioningRow> {
  const row = await registry.read(id);
  if (row === undefined) throw takenAway(id, 'is gone from the central database');
  const { tenant, mark } = row;
  if (tenant.status === 'ACTIVE') return { tenant, mark: null };
  if (tenant.status === 'PROVISIONING' && mark !== null) return row;
  throw takenAway(tenant.slug, `is ${tenant.status} by now`);
}

/**
 * The password is the proof: 32 random bytes that only this row holds. An account that existed
 * before and takes it was made by an earlier attempt; one that refuses it is somebody else's.
 */
async function makeAccounts(tenant: Tenant, provisioning: Provisioning): Promise<boolean> {
  const { registry, servers, passwords, settings } = provisioning;
  const { id, address } = tenant;
  if (isIamMarker(tenant.encryptedPassword)) return makeAccountsOfIam(tenant, provisioning);
  const requireTls = settings.requireTls(address.host);
  const accounts = await Promise.all(
    tenantAccounts(tenant, provisioning).map(async ({ account, login }) => ({
      account,
      password: await passwords.open(login),
    })),
  );
  return onServerOf(tenant, provisioning, async (server) => {
    // Read under the lock: another process may have done it since.
    const { mark } = await readRow(id, provisioning);
    if (mark === null) return false;
    let created = false;
    for (const { account, password } of accounts) {
      const isNew = await server.createAccount(account, { password, requireTls });
      created ||= isNew;
      if (isNew || mark !== 'claimed') continue;
      const isOurs = await servers.accepts(address, { user: account.user, password });
      if (!isOurs) throw userTaken(tenant, account);
    }
    if (mark === 'claimed' && !(await registry.mark(id, 'account'))) {
      throw takenAway(tenant.slug, 'changed');
    }
    return created;
  });
}

function makeAccountsOfIam(tenant: Tenant, provisioning: Provisioning): Promise<boolean> {
  return onServerOf(tenant, provisioning, async (server) => {
    const { mark } = await readRow(tenant.id, provisioning);
    if (mark === null) return false;
    return makeIamAccounts({
      tenant,
      mark,
      server,
      registry: provisioning.registry,
      accounts: tenantAccounts(tenant, provisioning).map(({ account }) => account),
      userTaken: (account) => userTaken(tenant, account),
      changed: () => takenAway(tenant.slug, 'changed'),
    });
  });
}

async function makeDatabase(tenant: Tenant, provisioning: Provisioning): Promise<boolean> {
  const { registry, settings } = provisioning;
  const { database } = tenant.address;
  return onServerOf(tenant, provisioning, async (server) => {
    const { mark } = await readRow(tenant.id, provisioning);
    if (mark === null) return false;
    const found = await server.findDatabase(database);
    if (mark !== 'database') {
      if (found !== undefined) throw databaseTaken(tenant);
      // Recorded before it is made: an existing database with this mark was made by us.
      if (!(await registry.mark(tenant.id, 'database'))) throw takenAway(tenant.slug, 'changed');
    } else if (found !== undefined && mayBeOurs(found)) {
      return false;
    }
    if (await server.createDatabase(database, settings.collation)) return true;
    // Somebody else made one of that name after we had looked.
    await registry.mark(tenant.id, 'account');
    throw databaseTaken(tenant);
  });
}

/** Our database is empty, or has the tables of our migrator. */
export function mayBeOurs(content: { tables: number; hasMigrationTable: boolean }): boolean {
  return content.tables === 0 || content.hasMigrationTable;
}

async function giveRights(tenant: Tenant, provisioning: Provisioning): Promise<boolean> {
  const { database } = tenant.address;
  await onServerOf(tenant, provisioning, async (server) => {
    for (const { account, privileges } of tenantAccounts(tenant, provisioning)) {
      await server.grant(account, database, privileges);
    }
  });
  return true;
}

async function migrate(
  tenant: Tenant,
  provisioning: Provisioning,
  { snapshot }: Pick<Provisioning, 'snapshot'> = provisioning,
): Promise<StepResult> {
  const { attemptTenant, bundle, pause } = provisioning;
  const attempt = await attemptTenant(tenant, {
    runId: runIdOf(tenant),
    bundle,
    pause,
    snapshot,
    isRecorded: true,
    request: {
      command: 'migrate',
      strict: false,
      allowMissing: false,
      lockWaitTimeoutSeconds: LOCK_WAIT_TIMEOUT_SECONDS,
      // A new database has no rows yet.
      phase: 'all',
    },
  });
  if (attempt.status === 'failed') {
    const { code, message } = attempt.failure;
    if (code !== 'SnapshotInterrupted' && code !== 'SnapshotRefused') {
      throw new TenantMigrationError(attempt.failure, attempt.applied);
    }
    await onServerOf(tenant, provisioning, (server) =>
      server.remakeDatabase(tenant.address.database, provisioning.settings.collation),
    );
    // A snapshot that the server has refused is refused again.
    if (code === 'SnapshotInterrupted') return migrate(tenant, provisioning, { snapshot });
    return migrate(tenant, provisioning, { snapshot: { problem: message } });
  }
  const applied = 'applied' in attempt ? attempt.applied : [];
  const paused = attempt.status === 'continue';
  const { notes } = attempt;
  return { tenant, done: paused || attempt.status === 'migrated', applied, paused, notes };
}

async function activate(tenant: Tenant, provisioning: Provisioning): Promise<StepResult> {
  const { registry, bundle, clock } = provisioning;
  const reached = {
    schemaVersion: bundle.hash,
    runId: runIdOf(tenant),
    at: new Date(clock.now()),
  };
  const done = await registry.activate(tenant.id, reached);
  const row = await registry.read(tenant.id);
  if (row?.tenant.status !== 'ACTIVE') throw takenAway(tenant.slug, 'could not be activated');
  return { tenant: row.tenant, done };
}

/** Used instead of a run's id in the journal of the tenant and in its row. */
function runIdOf({ id }: Tenant): string {
  return `provision-${id}`;
}

function takenAway(tenant: string, how: string): FanfoldError {
  return new FanfoldError(
    'ProvisioningStopped',
    `The provisioning of "${tenant}" cannot continue: the tenant ${how}. Somebody else has failed it, removed it or changed its status.`,
    {
      fault: 'tenant',
      nextStep: 'Look at it with `fanfold tenant:list`; then provision it again.',
    },
  );
}

function userTaken({ address }: Tenant, { user, from }: Account): FanfoldError {
  return new FanfoldError(
    'UserTaken',
    `There is a user "${user}"@"${from}" at ${serverName(address)} already, and it is not of this tenant's making: it was left as it is.`,
    {
      fault: 'tenant',
      nextStep:
        'Remove the tenant (`fanfold tenant:provision <slug> --undo`) and provision it with another --user; or drop that user if nobody needs it.',
    },
  );
}

function databaseTaken({ address }: Tenant): FanfoldError {
  return new FanfoldError(
    'DatabaseTaken',
    `There is a database "${address.database}" at ${serverName(address)} already, and it is not of this tenant's making: it was left as it is.`,
    {
      fault: 'tenant',
      nextStep:
        'Remove the tenant (`fanfold tenant:provision <slug> --undo`) and provision it with another --database; or, if it is the one to use, add the tenant with `fanfold tenant:add --help`.',
    },
  );
}
