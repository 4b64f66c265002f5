import { checkNewTenant } from '../central/new-tenant.ts';
import type { PasswordSealer } from '../encryption/password-sealer.ts';
import { FanfoldError } from '../errors.ts';
import { openLogin } from '../iam/open-login.ts';
import { loginToMigrate } from '../migrate/login-to-migrate.ts';
import type { ConnectionLogin, PasswordOpener, TenantDatabases } from '../ports.ts';
import type { DatabaseAddress, EncryptedUser, Tenant } from '../tenant.ts';
import { commandSpan } from '../wording/command-span.ts';
import type { CredentialRegistry } from './credential-registry.ts';

export interface Moving {
  readonly registry: CredentialRegistry;
  readonly databases: TenantDatabases;
  readonly passwords: PasswordOpener;
  readonly sealer: PasswordSealer;
}

/** The new address of a tenant's database; absent parts stay. */
export interface Move {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly database?: string | undefined;
  readonly user?: string | undefined;
  readonly id: string;
  /** Default: the password that it has. */
  readonly password?: string | undefined;
}

/** A tenant at its new address. */
export interface Moved {
  readonly tenant: Tenant;
  /** The address that its row had before. */
  readonly from: DatabaseAddress;
}

/**
 * Points a tenant at another address, once its database there answers to the password, which is
 * encrypted anew for that address. Throws `FanfoldError`s: what the connection fails with,
 * `RotationUnderWay` if a rotation of the password is under way, `TenantChanged` if somebody else changes
 * the row. The row is as it was then.
 */
export async function moveTenant(
  { id, password: given, ...parts }: Move,
  { registry, databases, passwords, sealer }: Moving,
): Promise<Moved> {
  await registry.checkWritable();
  const row = await registry.read(id);
  if (row === undefined) throw changed(id);
  const { tenant } = row;
  const address = {
    host: parts.host ?? tenant.address.host,
    port: parts.port ?? tenant.address.port,
    database: parts.database ?? tenant.address.database,
    user: parts.user ?? tenant.address.user,
  };
  checkNewTenant({ ...tenant, ...address });
  if (row.next !== null) throw rotationUnderWay(tenant);
  const login =
    given === undefined ? await openLogin(tenant, passwords) : { password: given, auth: undefined };
  await databases.using({ ...login, ...address }, async (database) => database.readState());
  const migrationLogin = await moveMigrationLogin(tenant, address, {
    databases,
    passwords,
    sealer,
  });
  const migrationPassword = migrationLogin?.encryptedPassword;
  const encryptedPassword = await sealAgain(id, address, login, tenant.encryptedPassword, sealer);
  const change = { address, encryptedPassword, migrationPassword };
  if (!(await registry.change(row, change))) throw changed(tenant.slug);
  return {
    tenant: { ...tenant, address, encryptedPassword, migrationLogin },
    from: tenant.address,
  };
}

/** The user that migrates moves too, so the new address must accept it as well. */
async function moveMigrationLogin(
  tenant: Tenant,
  address: DatabaseAddress,
  { databases, passwords, sealer }: Omit<Moving, 'registry'>,
): Promise<EncryptedUser | undefined> {
  const { id, migrationLogin } = tenant;
  if (migrationLogin === undefined) return undefined;
  const { user } = migrationLogin;
  const login = await openLogin(loginToMigrate(tenant), passwords);
  const moved = { ...address, user };
  await databases.using({ ...login, ...moved }, async (database) => database.readState());
  const stored = migrationLogin.encryptedPassword;
  return { user, encryptedPassword: await sealAgain(id, moved, login, stored, sealer) };
}

/** The password encrypted for the new address; a user that logs in by IAM keeps what is stored. */
async function sealAgain(
  id: string,
  address: DatabaseAddress,
  { auth, password }: Pick<ConnectionLogin, 'auth' | 'password'>,
  stored: string,
  sealer: PasswordSealer,
): Promise<string> {
  return auth === 'iam' ? stored : sealer.seal({ id, address }, password);
}

function rotationUnderWay({ slug }: Tenant): FanfoldError {
  return new FanfoldError(
    'RotationUnderWay',
    `The password of "${slug}" is being rotated: the server knows two of them.`,
    {
      fault: 'usage',
      nextStep: `Finish that first: ${commandSpan('tenant:rotate-password', slug)}`,
    },
  );
}

function changed(tenant: string): FanfoldError {
  return new FanfoldError(
    'TenantChanged',
    `Somebody else has changed the row of "${tenant}" meanwhile.`,
    { fault: 'tenant', retryable: true, nextStep: 'Look at it, and run the command again.' },
  );
}
