import type { KeyRingSource } from '../encryption/key-ring.ts';
import { createPasswordOpener } from '../encryption/password-opener.ts';
import { FanfoldError } from '../errors.ts';
import { IAM } from '../iam/open-login.ts';
import type { ConnectionLogin, PasswordOpener } from '../ports.ts';
import type { Tenant } from '../tenant.ts';
import { isObject, shown, typeName } from './check-options.ts';

/** The address and login of a tenant's database; the password is plain text. */
export type TenantLogin = TenantAddress &
  (
    | { readonly password: string; readonly auth?: 'password' | undefined }
    /** The user logs in by IAM database authentication of Amazon RDS. */
    | { readonly password?: undefined; readonly auth: 'iam' }
  );

/** The address of a tenant's database and its user. */
export interface TenantAddress {
  readonly host: string;
  /** Default: 3306. */
  readonly port?: number | string | null | undefined;
  readonly database: string;
  readonly user: string;
}

/** A row of the guide's table `tenants`, as Prisma or Knex returns it. Other columns are ignored. */
export interface TenantRow {
  /** Needed if the password is in version 2, which is bound to its row. */
  readonly id?: string | number | bigint | undefined;
  readonly slug?: string | null | undefined;
  readonly dbHost: string;
  /** Default: 3306. */
  readonly dbPort?: number | string | bigint | null | undefined;
  readonly dbName: string;
  readonly dbUser: string;
  /** Ciphertext. */
  readonly dbPassword: string;
  /** The user that migrates, if it is not `dbUser`. */
  readonly migrationUser?: string | null | undefined;
  /** Ciphertext. */
  readonly migrationPassword?: string | null | undefined;
}

/** A row: a tenant as the migrator takes it, and the keys that open its password. */
export interface GivenRow {
  readonly tenant: Tenant;
  readonly passwords: PasswordOpener;
}

/** A login: there may be no row yet, and nothing is encrypted. */
export interface GivenLogin {
  readonly login: ConnectionLogin;
}

const ROW_FIELDS = ['dbHost', 'dbName', 'dbUser', 'dbPassword'] as const;

/**
 * Checks a tenant that a service hands in: a row with a ciphertext, or a login. `keyRing` is called only
 * for a ciphertext. Throws `TenantLoginInvalid`, which names each field that is missing or wrong, its
 * value and what it has to be; a password is never shown.
 */
export function tenantToMigrate(
  given: unknown,
  keyRing: () => KeyRingSource,
): GivenRow | GivenLogin {
  if (!isObject(given)) throw invalid([`The tenant is ${typeName(given)}.`]);
  return ROW_FIELDS.some((field) => field in given)
    ? fromRow(given as Partial<Record<keyof TenantRow, unknown>>, keyRing)
    : fromLogin(given as Partial<Record<LoginField, unknown>>);
}

function fromRow(
  row: Partial<Record<keyof TenantRow, unknown>>,
  keyRing: () => KeyRingSource,
): GivenRow {
  const fields = new Fields();
  const address = {
    host: fields.text('dbHost', row.dbHost),
    port: fields.port('dbPort', row.dbPort),
    database: fields.text('dbName', row.dbName),
    user: fields.text('dbUser', row.dbUser),
  };
  const encryptedPassword = fields.secret('dbPassword', row.dbPassword, { mayBeEmpty: false });
  const migrationLogin = migrationLoginOf(row, fields);
  const id = idOf(row.id, address.database, fields);
  fields.done();
  const slug = typeof row.slug === 'string' && row.slug !== '' ? row.slug : address.database;
  return {
    tenant: { ...BLANK, id, slug, name: slug, address, encryptedPassword, migrationLogin },
    passwords: createPasswordOpener(keyRing()),
  };
}

/** Half a login must not fall back to the application's user: the migrator refuses it. */
function migrationLoginOf(
  { migrationUser, migrationPassword }: Partial<Record<keyof TenantRow, unknown>>,
  fields: Fields,
): Tenant['migrationLogin'] {
  const parts = [migrationUser, migrationPassword];
  if (parts.every((part) => part === undefined || part === null)) return undefined;
  return {
    user: fields.text('migrationUser', migrationUser),
    encryptedPassword: fields.secret('migrationPassword', migrationPassword, { mayBeEmpty: false }),
  };
}

/** As the central database has it; a password of version 2 opens only with the id that it was sealed for. */
function idOf(id: unknown, otherwise: string, fields: Fields): string {
  if (id === undefined || id === null) return otherwise;
  if (typeof id === 'string' || typeof id === 'number' || typeof id === 'bigint') return String(id);
  fields.wrong(`"id" is ${shown(id)}; it must be the row's id: a text or a number.`);
  return otherwise;
}

type LoginField = keyof TenantAddress | 'password' | 'auth';

function secretOf({ auth, password }: Partial<Record<LoginField, unknown>>, fields: Fields) {
  if (auth === 'iam') {
    if (password !== undefined)
      fields.wrong('"password" is given beside "auth": "iam"; leave one of them.');
    return IAM;
  }
  if (auth !== undefined && auth !== 'password') {
    fields.wrong(`"auth" is ${shown(auth)}; it must be "password" or "iam".`);
  }
  return { password: fields.secret('password', password, { mayBeEmpty: true }) };
}

function fromLogin(given: Partial<Record<LoginField, unknown>>): GivenLogin {
  const fields = new Fields();
  const login = {
    host: fields.text('host', given.host),
    port: fields.port('port', given.port),
    database: fields.text('database', given.database),
    user: fields.text('user', given.user),
    ...secretOf(given, fields),
  };
  fields.done();
  return { login };
}

/** Columns that migrating does not read. */
const BLANK = {
  status: 'PROVISIONING',
  schemaVersion: null,
  lastMigratedAt: null,
  lastRunId: null,
} as const;

/** Reads fields and collects their problems, so that one error names all of them. */
class Fields {
  readonly #problems: string[] = [];

  wrong(problem: string): void {
    this.#problems.push(problem);
  }

  text(name: string, value: unknown): string {
    if (typeof value === 'string' && value.trim() !== '') return value;
    this.wrong(`"${name}" is ${value === '' ? 'empty' : shown(value)}; it must be a text.`);
    return '';
  }

  secret(name: string, value: unknown, { mayBeEmpty }: { readonly mayBeEmpty: boolean }): string {
    if (typeof value === 'string' && (mayBeEmpty || value !== '')) return value;
    const allowed = mayBeEmpty ? 'the password, as a text' : 'the ciphertext of the password';
    this.wrong(`"${name}" is ${typeName(value)}; it must be ${allowed}.`);
    return '';
  }

  /** Drivers return numbers as texts or BigInts if they are configured to. */
  port(name: string, value: unknown): number {
    if (value === undefined || value === null) return 3306;
    const isNumeric = typeof value === 'number' || typeof value === 'bigint';
    const isDigits = typeof value === 'string' && /^\s*\d{1,5}\s*$/.test(value);
    const port = isNumeric || isDigits ? Number(value) : Number.NaN;
    if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
    this.wrong(`"${name}" is ${shown(value)}; it must be a port from 1 to 65535.`);
    return 3306;
  }

  done(): void {
    if (this.#problems.length > 0) throw invalid(this.#problems);
  }
}

function invalid(problems: readonly string[]): FanfoldError {
  return new FanfoldError('TenantLoginInvalid', problems.join('\n'), {
    fault: 'usage',
    nextStep:
      'Give a row of your table of tenants (dbHost, dbPort, dbName, dbUser, dbPassword), or a login (host, port, database, user, and password or auth: "iam").',
  });
}
