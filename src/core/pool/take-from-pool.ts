import type { EncryptedLogin } from '../encryption/open-password.ts';
import { isIamMarker } from '../iam/iam-marker.ts';
import { loginToMigrate } from '../migrate/login-to-migrate.ts';
import type { Provisioning } from '../provision/provisioning.ts';
import type { NewLogins } from '../provision/provisioning-registry.ts';
import { LOCK_WAIT_TIMEOUT_SECONDS } from '../request.ts';
import type { Tenant } from '../tenant.ts';
import type { PoolRegistry } from './pool-registry.ts';
import { poolSettingsHash } from './pool-settings-hash.ts';

/** Databases that are tried before the tenant gets one of its own. */
const MOST_TRIES = 3;

/**
 * Gives a tenant a database of the pool, which makes it ACTIVE at once: one that was made with the same settings and
 * is at this bundle. The database is asked first, so that nobody gets one that is gone. `undefined`, and nothing is
 * changed, if there is none, or if the tenant's row names a database or a user.
 */
export async function takeFromPool(
  tenantId: string,
  provisioning: Provisioning,
  pool: PoolRegistry,
): Promise<Tenant | undefined> {
  const { registry, bundle, settings, clock, random } = provisioning;
  const row = await registry.read(tenantId);
  if (row === undefined || row.mark !== null || !isEmpty(row.tenant)) return undefined;
  const { host, port } = row.tenant.address;
  const wanted = poolSettingsHash(settings, host);
  const ready = (await pool.list({ host, port })).filter(
    ({ tenant, settings: made }) =>
      tenant.status === 'ACTIVE' && tenant.schemaVersion === bundle.hash && made === wanted,
  );
  // Processes that begin at different places rarely want the same one.
  const start = Math.floor(random() * ready.length);
  const inTurn = [...ready.slice(start), ...ready.slice(0, start)];
  for (const { tenant: pooled } of inTurn.slice(0, MOST_TRIES)) {
    if (!(await isAtHead(pooled, provisioning))) continue;
    const handOut = {
      tenantId,
      address: pooled.address,
      ...(await loginsFor(tenantId, pooled, provisioning)),
      schemaVersion: bundle.hash,
      at: new Date(clock.now()),
    };
    if (await pool.handOut(pooled.id, handOut)) {
      return (await registry.read(tenantId))?.tenant;
    }
  }
  return undefined;
}

function isEmpty({ status, encryptedPassword, address }: Tenant): boolean {
  const isOpen = status === 'PROVISIONING' || status === 'FAILED';
  return isOpen && encryptedPassword === '' && address.database === '' && address.user === '';
}

/** Whether the database answers, lets its user in, and lacks no migration. */
async function isAtHead(
  pooled: Tenant,
  { attemptTenant, bundle }: Pick<Provisioning, 'attemptTenant' | 'bundle'>,
): Promise<boolean> {
  const plan = await attemptTenant(pooled, {
    runId: 'pool',
    bundle,
    request: {
      command: 'plan',
      strict: false,
      allowMissing: false,
      phase: 'all',
      lockWaitTimeoutSeconds: LOCK_WAIT_TIMEOUT_SECONDS,
    },
  });
  return plan.status === 'planned' && plan.pending.length === 0;
}

/** The pooled database's passwords, encrypted for the tenant: a ciphertext opens only for its own row. */
async function loginsFor(
  tenantId: string,
  pooled: Tenant,
  { passwords, sealer }: Pick<Provisioning, 'passwords' | 'sealer'>,
): Promise<NewLogins> {
  const sealed = async (login: EncryptedLogin) =>
    isIamMarker(login.encryptedPassword)
      ? login.encryptedPassword
      : sealer.seal({ ...login, id: tenantId }, await passwords.open(login));
  const encryptedPassword = await sealed(pooled);
  const { migrationLogin } = pooled;
  if (migrationLogin === undefined) return { encryptedPassword };
  const ofMigrations = await sealed(loginToMigrate(pooled));
  return {
    encryptedPassword,
    migrationLogin: { user: migrationLogin.user, encryptedPassword: ofMigrations },
  };
}
