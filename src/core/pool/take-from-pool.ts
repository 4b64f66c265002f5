import type { EncryptedLogin } from '../encryption/open-password.ts';
import { isIamMarker } from '../iam/iam-marker.ts';
import { loginToMigrate } from '../migrate/login-to-migrate.ts';
import type { Provisioning } from '../provision/provisioning.ts';
import type { NewLogins } from '../provision/provisioning-registry.ts';
import type { Tenant } from '../tenant.ts';
import { examinePooled } from './examine-pooled.ts';
import { isReady } from './is-ready.ts';
import type { HandOut, PoolRegistry } from './pool-registry.ts';
import { poolSettingsHash } from './pool-settings-hash.ts';

/** Databases that are unfit, and are passed over before the tenant gets one of its own. */
const MOST_UNFIT = 3;

/** Databases that others were given meanwhile: at so many at the same moment a tenant waits no longer. */
const MOST_LOST = 20;

/** The tenant with its database, or the tenant as it is if the pool of its server has none that fits. */
export interface Taken {
  readonly taken: boolean;
  readonly tenant: Tenant;
}

/**
 * Gives a tenant a database of the pool, which makes it ACTIVE at once: one that was made with the same settings and
 * is at this bundle. The database is asked first, so that nobody gets one that is gone. If there is none, nothing is
 * changed, except that the server is remembered as one whose pool is to be filled. `undefined` if the tenant's row names
 * a database or a user: it gets nothing from the pool.
 */
export async function takeFromPool(
  tenantId: string,
  provisioning: Provisioning,
  pool: PoolRegistry,
): Promise<Taken | undefined> {
  const { registry, bundle, settings, clock, random } = provisioning;
  const row = await registry.read(tenantId);
  if (row === undefined || !isEmpty(row.tenant)) return undefined;
  const { host, port } = row.tenant.address;
  const wanted = poolSettingsHash(settings, host);
  const listReady = async () =>
    (await pool.list({ host, port })).filter((each) => isReady(each, bundle.hash, wanted));
  const unfit = new Set<string>();
  let ready = await listReady();
  if (ready.length === 0) await pool.remember({ host, port });
  for (let lost = 0; lost < MOST_LOST && unfit.size < MOST_UNFIT; ) {
    const left = ready.filter(({ tenant }) => !unfit.has(tenant.id));
    // Processes that begin at different places rarely want the same one.
    const pooled = left[Math.floor(random() * left.length)]?.tenant;
    if (pooled === undefined) break;
    if ((await examinePooled(pooled, provisioning)).is !== 'ready') {
      unfit.add(pooled.id);
      continue;
    }
    const handOut = {
      tenantId,
      address: pooled.address,
      ...(await loginsFor(tenantId, pooled, provisioning)),
      schemaVersion: bundle.hash,
      isMarked: row.mark !== null,
      runId: `pool-${pooled.id}`,
      at: new Date(clock.now()),
    };
    if (await pool.handOut(pooled.id, handOut)) {
      return { taken: true, tenant: withDatabase(row.tenant, handOut) };
    }
    lost += 1;
    ready = await listReady();
    // It is there still, so that the tenant is what has changed.
    if (ready.some(({ tenant }) => tenant.id === pooled.id)) return undefined;
  }
  return { taken: false, tenant: row.tenant };
}

/** The tenant's row as the hand-out has left it. */
function withDatabase(tenant: Tenant, handOut: HandOut): Tenant {
  const { address, encryptedPassword, migrationLogin, schemaVersion, at } = handOut;
  return {
    ...tenant,
    status: 'ACTIVE',
    address,
    encryptedPassword,
    ...(migrationLogin !== undefined && { migrationLogin }),
    schemaVersion,
    lastMigratedAt: at,
    lastRunId: handOut.runId,
  };
}

function isEmpty({ status, encryptedPassword, address }: Tenant): boolean {
  const isOpen = status === 'PROVISIONING' || status === 'FAILED';
  return isOpen && encryptedPassword === '' && address.database === '' && address.user === '';
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
