import type { PasswordSealer } from '../encryption/password-sealer.ts';
import { FanfoldError } from '../errors.ts';
import { tenantUsesIam } from '../iam/iam-errors.ts';
import { isIamMarker } from '../iam/iam-marker.ts';
import type { PasswordOpener } from '../ports.ts';
import type { Account, AdminLogins, DatabaseServers } from '../provision/database-server.ts';
import { newPassword } from '../provision/new-password.ts';
import { usingServer } from '../provision/using-server.ts';
import { serverName, type Tenant } from '../tenant.ts';
import type { CredentialRegistry, CredentialRow } from './credential-registry.ts';

export interface PasswordRotation {
  readonly registry: CredentialRegistry;
  readonly admins: AdminLogins;
  readonly servers: DatabaseServers;
  readonly passwords: PasswordOpener;
  readonly sealer: PasswordSealer;
  /** Leave the old password valid; the next call ends it. */
  readonly keepOld: boolean;
}

/** The result of a rotation. */
export interface RotatedPassword {
  /** Whether this call made the password, or resumed an earlier rotation. */
  readonly begun: boolean;
  /** Whether the old password is still valid beside the new one. */
  readonly oldIsValid: boolean;
}

/**
 * Gives a tenant's user a new password. At every moment the password in the row is one that the server
 * takes, whenever this is interrupted; the same call resumes it. The row has its progress:
 *
 * | dbPassword | dbPasswordNext | |
 * | --- | --- | --- |
 * | old | none | at rest |
 * | old | new | the server may have the new one; it has the old one |
 * | new | new | the server has both |
 * | new | none | at rest |
 *
 * The new password is stored before the server gets it, and used again by the next call: a MySQL server keeps
 * two, so that a second new one would push out the old one, which is still in the row.
 */
export async function rotatePassword(
  id: string,
  rotation: PasswordRotation,
): Promise<RotatedPassword> {
  const { registry, servers, keepOld } = rotation;
  await registry.checkWritable();
  const start = await readRow(id, registry);
  const { address, encryptedPassword } = start.tenant;
  if (isIamMarker(encryptedPassword)) throw tenantUsesIam(address.user);
  return usingServer(address, rotation, (server) =>
    server.withLock(`fanfold-password:${id}`, async () => {
      // Read under the lock: the progress of another rotation is resumed.
      const row = await readRow(id, registry);
      const current = await openFrom(row, row.tenant.encryptedPassword, rotation);
      const begun = row.next === null;
      const next = row.next === null ? newPassword() : await openFrom(row, row.next, rotation);
      const account = await findAccount(row.tenant, [current, next], servers);
      const stored = begun ? await storeNext(row, next, rotation) : row;

      if (current !== next) {
        await teachServer(stored.tenant, account, { current, next }, rotation, server);
        const sealed = await rotation.sealer.seal(stored.tenant, next);
        await changeOrThrow(stored, { encryptedPassword: sealed, next: sealed }, registry);
      }
      if (keepOld) return { begun, oldIsValid: true };
      await server.acceptOnly(account, next);
      if (!(await accepts(row.tenant, next, servers))) throw notTaken(row.tenant);
      const done = await readRow(id, registry);
      await changeOrThrow(done, { next: null }, registry);
      return { begun, oldIsValid: false };
    }),
  );
}

async function teachServer(
  tenant: Tenant,
  account: Account,
  passwords: { readonly current: string; readonly next: string },
  { servers }: PasswordRotation,
  server: Parameters<Parameters<DatabaseServers['using']>[2]>[0],
): Promise<void> {
  // Only once, because a second time would make the new password the old one as well.
  if (!(await accepts(tenant, passwords.next, servers))) {
    await server.acceptBoth(account, passwords);
  }
  if (!(await accepts(tenant, passwords.next, servers))) throw notTaken(tenant);
}

async function storeNext(
  row: CredentialRow,
  next: string,
  { registry, sealer }: PasswordRotation,
): Promise<CredentialRow> {
  const sealed = await sealer.seal(row.tenant, next);
  await changeOrThrow(row, { next: sealed }, registry);
  return { ...row, next: sealed };
}

/** The account that the server takes the login for: there may be several of one user. */
async function findAccount(
  tenant: Tenant,
  passwords: readonly string[],
  servers: DatabaseServers,
): Promise<Account> {
  const { address } = tenant;
  for (const password of passwords) {
    const account = await servers.accountOf(address, { user: address.user, password });
    if (account !== undefined) return account;
  }
  throw new FanfoldError(
    'AccessDenied',
    `${serverName(address)} takes neither the password of "${tenant.slug}" nor the coming one.`,
    {
      fault: 'tenant',
      ownWords: true,
      nextStep:
        'Somebody has changed the password on the server: encrypt the right one (secrets:encrypt), store it in dbPassword, set dbPasswordNext to NULL; then run it again.',
    },
  );
}

async function readRow(id: string, registry: CredentialRegistry): Promise<CredentialRow> {
  const row = await registry.read(id);
  if (row === undefined) throw changed(id);
  return row;
}

function openFrom(
  { tenant }: CredentialRow,
  encryptedPassword: string,
  { passwords }: PasswordRotation,
): Promise<string> {
  return passwords.open({ ...tenant, encryptedPassword });
}

function accepts(
  { address }: Tenant,
  password: string,
  servers: DatabaseServers,
): Promise<boolean> {
  return servers.accepts(address, { user: address.user, password });
}

async function changeOrThrow(
  row: CredentialRow,
  change: Parameters<CredentialRegistry['change']>[1],
  registry: CredentialRegistry,
): Promise<void> {
  if (!(await registry.change(row, change))) throw changed(row.tenant.slug);
}

function changed(tenant: string): FanfoldError {
  return new FanfoldError(
    'TenantChanged',
    `Somebody else has changed the row of "${tenant}" meanwhile.`,
    { fault: 'tenant', retryable: true, nextStep: 'Run it again: it resumes where it stopped.' },
  );
}

function notTaken({ slug, address }: Tenant): FanfoldError {
  return new FanfoldError(
    'PasswordNotTaken',
    `${serverName(address)} got the new password of "${slug}", and does not accept it.`,
    {
      fault: 'tenant',
      nextStep:
        'The old one is still valid. Check whether another account of that user takes precedence (SELECT user, host FROM mysql.user), then run it again.',
    },
  );
}
