import { accountMeant } from '../credentials/store-password.ts';
import type { EncryptedLogin } from '../encryption/open-password.ts';
import { FanfoldError } from '../errors.ts';
import { openLogin } from '../iam/open-login.ts';
import { loginToMigrate } from '../migrate/login-to-migrate.ts';
import type { FindingCode } from '../note-codes.ts';
import type { PasswordOpener } from '../ports.ts';
import { DATABASE_PRIVILEGES, ROW_PRIVILEGES } from '../provision/database-privileges.ts';
import type {
  Account,
  AdminLogins,
  DatabaseServer,
  DatabaseServers,
} from '../provision/database-server.ts';
import { usingServer } from '../provision/using-server.ts';
import type { DatabaseAddress, Tenant } from '../tenant.ts';
import { accountText, createDatabaseText, quotedIdentifier } from '../wording/account-sql.ts';
import type { Examination } from './examine-tenant.ts';

export interface RepairDependencies {
  readonly admins: AdminLogins;
  readonly servers: DatabaseServers;
  readonly passwords: PasswordOpener;
  /** The host of the intended account, and the host from which a new one may connect. */
  readonly accountsFrom?: string | undefined;
  /** Whether an account that is made has to log in under TLS. */
  readonly requireTls: (address: DatabaseAddress) => boolean;
}

/** The tenant to be repaired. */
export interface RepairRequest {
  readonly tenant: Tenant;
  readonly examination: Examination;
  /** The code that a run failed with, which may say more than a look from outside. */
  readonly failedWith?: string | undefined;
}

/** Codes that an administrator's statement repairs: nothing of the tenant's data is touched. */
const OF_DATABASE: ReadonlySet<FindingCode> = new Set<FindingCode>([
  'DatabaseMissing',
  'DatabaseAccessDenied',
]);

/**
 * Repairs, as the administrator of its server, the findings of an examination that need no decision: a
 * database that is missing (made empty), an account that is missing (made with the stored password), rights
 * on the database, Knex's lock if nobody can hold it, and tables of an online change that nothing will resume.
 * Returns the repairs in words; none if it found something else.
 */
export async function repairTenant(
  { tenant, examination, failedWith }: RepairRequest,
  dependencies: RepairDependencies,
): Promise<readonly string[]> {
  const wrong = examination.checks.filter(({ status }) => status === 'wrong');
  const has = (code: FindingCode) =>
    wrong.some((check) => check.status !== 'ok' && check.code === code);
  const leavesOnlineWork =
    !has('TenantBusy') &&
    examination.checks.some(
      (check) => check.status === 'note' && check.code === 'OnlineChangeLeft',
    );
  const lacksRights = has('PrivilegeMissing') || failedWith === 'PrivilegeMissing';
  const lacksDatabase = [...OF_DATABASE].some(has);
  const isRefused = has('AccessDenied') || has('HostNotAllowed');
  const ofApplication = has('ApplicationPrivilegeMissing');
  const isLocked = has('KnexLockSet');
  if (!(lacksRights || lacksDatabase || isRefused || ofApplication || isLocked || leavesOnlineWork))
    return [];

  const login = loginToMigrate(tenant);
  const { database } = tenant.address;
  const done: string[] = [];
  await usingServer(tenant.address, dependencies, async (server) => {
    if (isRefused && !(await makeAccount(server, tenant, dependencies, done))) return;
    if (lacksDatabase || isRefused) {
      if (await server.createDatabase(database, undefined)) {
        done.push(createDatabaseText(database));
      }
    }
    const grant = async (to: EncryptedLogin, privileges: readonly string[]) => {
      const account = await accountOf(server, to, dependencies);
      await server.grant(account, database, privileges);
      done.push(grantedText(account, database, privileges));
    };
    if (lacksRights || isRefused || has('DatabaseAccessDenied')) {
      await grant(login, DATABASE_PRIVILEGES);
    }
    if (ofApplication) await grant(tenant, ROW_PRIVILEGES);
    if (isLocked) {
      await server.freeKnexLock(database);
      done.push(`freed Knex's lock in ${quotedIdentifier(database)}`);
    }
    if (leavesOnlineWork) {
      const dropped = await server.dropOnlineWork(database);
      if (dropped.length > 0) done.push(`DROP TABLE ${dropped.join(', ')}`);
    }
  });
  return done;
}

/** Whether the account was missing and was made: an existing account is refused for its password. */
async function makeAccount(
  server: DatabaseServer,
  tenant: Tenant,
  { passwords, accountsFrom = '%', requireTls }: RepairDependencies,
  done: string[],
): Promise<boolean> {
  const login = loginToMigrate(tenant);
  const { user } = login.address;
  if ((await server.listAccounts(user)).length > 0) throw passwordRefused(user);
  const account = { user, from: accountsFrom };
  const { password, auth } = await openLogin(login, passwords);
  await server.createAccount(account, { password, auth, requireTls: requireTls(login.address) });
  const how = auth === 'iam' ? 'that logs in by IAM' : 'with the stored password';
  done.push(`CREATE USER ${accountText(account)} ${how}`);
  return true;
}

/** The account that the server takes the login for; if it refuses the login, the existing account. */
async function accountOf(
  server: DatabaseServer,
  login: EncryptedLogin,
  { servers, passwords, accountsFrom }: RepairDependencies,
): Promise<Account> {
  const { address } = login;
  const own = await servers.accountOf(address, await openLogin(login, passwords));
  return own ?? accountMeant(server, address, accountsFrom);
}

function grantedText(account: Account, database: string, privileges: readonly string[]): string {
  const names = privileges === DATABASE_PRIVILEGES ? 'all rights' : privileges.join(', ');
  return `GRANT of ${names} ON ${quotedIdentifier(database)} TO ${accountText(account)}`;
}

function passwordRefused(user: string): FanfoldError {
  return new FanfoldError(
    'AccessDenied',
    `The server has the account "${user}", and refuses the stored password.`,
    {
      fault: 'tenant',
      ownWords: true,
      nextStep:
        'Give it the right one: `fanfold tenant:password <tenant>`, or a new one: `fanfold tenant:password <tenant> --generate`',
    },
  );
}
