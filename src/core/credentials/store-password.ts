import type { PasswordSealer } from '../encryption/password-sealer.ts';
import { FanfoldError, isFanfoldError } from '../errors.ts';
import { loginToMigrate } from '../migrate/login-to-migrate.ts';
import type { PasswordOpener, TenantDatabases } from '../ports.ts';
import type {
  Account,
  AdminLogins,
  DatabaseServer,
  DatabaseServers,
} from '../provision/database-server.ts';
import { newPassword } from '../provision/new-password.ts';
import { usingServer } from '../provision/using-server.ts';
import { type DatabaseAddress, serverName, type Tenant } from '../tenant.ts';
import { accountText, createUserText } from '../wording/account-sql.ts';
import type { CredentialRegistry, CredentialRow } from './credential-registry.ts';

/** The ports for storing a password. */
export interface PasswordStoring {
  readonly registry: CredentialRegistry;
  readonly databases: TenantDatabases;
  readonly sealer: PasswordSealer;
}

/** The further ports for giving a user a new password. */
export interface PasswordMaking extends PasswordStoring {
  readonly admins: AdminLogins;
  readonly servers: DatabaseServers;
  readonly passwords: PasswordOpener;
  /** The host of the intended account, if a user has several. */
  readonly accountsFrom?: string | undefined;
}

/** The users of a tenant: that of the application, and the one that migrates, if that is another. */
export const PASSWORD_OWNERS = ['application', 'migration'] as const;

/** The owner of a password. */
export type PasswordOwner = (typeof PASSWORD_OWNERS)[number];

/**
 * Stores the password that a tenant's user has, once its database opens with it. Throws what the connection
 * fails with; `RotationUnderWay`, `MigrationUserMissing`; `TenantChanged` if somebody else changes the row.
 * The row is as it was then.
 */
export async function storePassword(
  id: string,
  owner: PasswordOwner,
  password: string,
  { registry, databases, sealer }: PasswordStoring,
): Promise<Tenant> {
  const row = await readRow(id, owner, registry);
  const address = addressOf(row.tenant, owner);
  await databases.using({ ...address, password }, (database) => database.readState());
  const sealed = await sealer.seal({ id, address }, password);
  const change =
    owner === 'migration' ? { migrationPassword: sealed } : { encryptedPassword: sealed };
  if (!(await registry.change(row, change))) throw changed(row.tenant.slug);
  return row.tenant;
}

/**
 * Gives a tenant's user a new random password as the administrator of its server, and stores it once the
 * database opens with it. A password that works already is left alone, because its users would be locked out.
 *
 * The server is changed first: if this is interrupted in between, neither password works, as before, and the same
 * call makes another one. Throws as {@link storePassword} does, and `AccountMissing`, `AccountAmbiguous`,
 * `PasswordNotSettable` and what the administrator's connection fails with.
 */
export async function makePassword(
  id: string,
  owner: PasswordOwner,
  making: PasswordMaking,
): Promise<'set' | 'works already'> {
  const { registry, servers, databases } = making;
  const { tenant } = await readRow(id, owner, registry);
  const address = addressOf(tenant, owner);
  const current = await currentPassword(tenant, owner, making);
  if (
    current !== undefined &&
    (await servers.accepts(address, { user: address.user, password: current }))
  ) {
    await databases.using({ ...address, password: current }, (database) => database.readState());
    return 'works already';
  }
  await usingServer(address, making, (server) =>
    server.withLock(`fanfold-password:${id}`, async () => {
      const account = await accountMeant(server, address, making.accountsFrom);
      const password = newPassword();
      await server.setPassword(account, password);
      await storePassword(id, owner, password, making);
    }),
  );
  return 'set';
}

/**
 * The stored password; `undefined` if what is stored is not one. Throws if it does not open with this key: the
 * key may be the wrong one, and then a new password would lock out an application whose own is right.
 */
async function currentPassword(
  tenant: Tenant,
  owner: PasswordOwner,
  { passwords }: PasswordMaking,
): Promise<string | undefined> {
  const { id, address, encryptedPassword } = tenant;
  const login = owner === 'migration' ? loginToMigrate(tenant) : { id, address, encryptedPassword };
  try {
    return await passwords.open(login);
  } catch (error) {
    if (isFanfoldError(error) && error.code === 'PasswordFormatInvalid') return undefined;
    throw error;
  }
}

/** The account of the tenant's user on its server. */
export async function accountMeant(
  server: Pick<DatabaseServer, 'listAccounts'>,
  address: DatabaseAddress,
  from: string | undefined,
): Promise<Account> {
  const { user } = address;
  const accounts = await server.listAccounts(user);
  const meant = from === undefined ? accounts : accounts.filter((one) => one.from === from);
  const [account, other] = meant;
  const where = serverName(address);
  if (account === undefined) {
    const wanted = { user, from: from ?? '%' };
    throw new FanfoldError('AccountMissing', `${where} has no account ${accountText(wanted)}.`, {
      fault: 'tenant',
      nextStep: `Make it and its rights: \`fanfold migrate:doctor <tenant> --fix\`, or as an administrator of that server: ${createUserText(wanted)}${accounts.length === 0 ? '' : ` There are ${accounts.map(accountText).join(', ')}: name the host with --accounts-from.`}`,
    });
  }
  if (other !== undefined) {
    throw new FanfoldError(
      'AccountAmbiguous',
      `${where} has several accounts of the user "${user}": ${meant.map(accountText).join(', ')}.`,
      { fault: 'tenant', nextStep: 'Name the host of the one that is meant with --accounts-from.' },
    );
  }
  return account;
}

function addressOf({ address, migrationLogin }: Tenant, owner: PasswordOwner): DatabaseAddress {
  return owner === 'application' || migrationLogin === undefined
    ? address
    : { ...address, user: migrationLogin.user };
}

async function readRow(
  id: string,
  owner: PasswordOwner,
  registry: CredentialRegistry,
): Promise<CredentialRow> {
  await registry.checkWritable();
  const row = await registry.read(id);
  if (row === undefined) throw changed(id);
  const { tenant, next } = row;
  if (owner === 'migration' && tenant.migrationLogin === undefined) {
    throw new FanfoldError(
      'MigrationUserMissing',
      `"${tenant.slug}" has no separate user that migrates.`,
      {
        fault: 'usage',
        nextStep: `Leave --migration-user out: "${tenant.address.user}" migrates it.`,
      },
    );
  }
  if (owner === 'application' && next !== null) {
    throw new FanfoldError(
      'RotationUnderWay',
      `The password of "${tenant.slug}" is being rotated: the server knows two of them.`,
      {
        fault: 'usage',
        nextStep: `Finish that first: \`fanfold tenant:rotate-password ${tenant.slug}\``,
      },
    );
  }
  return row;
}

function changed(tenant: string): FanfoldError {
  return new FanfoldError(
    'TenantChanged',
    `Somebody else has changed the row of "${tenant}" meanwhile.`,
    { fault: 'tenant', retryable: true, nextStep: 'Look at it, and run the command again.' },
  );
}
