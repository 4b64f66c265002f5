import type { KeyRingSource } from '../encryption/key-ring.ts';
import { createPasswordOpener } from '../encryption/password-opener.ts';
import { FanfoldError } from '../errors.ts';
import type { PasswordOpener } from '../ports.ts';
import type { Tenant } from '../tenant.ts';
import { isObject, shown, typeName } from './check-options.ts';

/** Where a tenant's database is and how to log in there; the password is plain text. */
export interface TenantLogin {
  readonly host: string;
  /** Default: 3306. */
  readonly port?: number | string | null | undefined;
  readonly database: string;
  readonly user: string;
  readonly password: string;
}

/** A row of the guide's table `tenants`, as Prisma or Knex gives it. Other columns are not looked at. */
export interface TenantRow {
  /** Needed where the password is in version 2, which is bound to its row. */
  readonly id?: string | number | bigint | undefined;
  readonly slug?: string | null | undefined;
  readonly dbHost: string;
  /** Default: 3306. */
  readonly dbPort?: number | string | bigint | null | undefined;
  readonly dbName: string;
  readonly dbUser: string;
  /** Ciphertext. */
  readonly dbPassword: string;
  /** Who migrates, where that is not `dbUser`. */
  readonly migrationUser?: string | null | undefined;
  /** Ciphertext. */
  readonly migrationPassword?: string | null | undefined;
}

/** A tenant as the migrator takes it, and what opens its password. */
export interface TenantToMigrate {
  readonly tenant: Tenant;
  readonly passwords: PasswordOpener;
}

const ROW_FIELDS = ['dbHost', 'dbName', 'dbUser', 'dbPassword'] as const;

/**
 * Makes a tenant out of what a service has: a row with a ciphertext, or a login. `keyRing` is asked for
 * only where there is a ciphertext. Throws `TenantLoginInvalid`, which names each field that is missing
 * or wrong, what it is and what it has to be; a password is never shown.
 */
export function tenantToMigrate(given: unknown, keyRing: () => KeyRingSource): TenantToMigrate {
  if (!isObject(given)) throw invalid([`The tenant is ${typeName(given)}.`]);
  return ROW_FIELDS.some((field) => field in given)
    ? fromRow(given as Partial<Record<keyof TenantRow, unknown>>, keyRing)
    : fromLogin(given as Partial<Record<keyof TenantLogin, unknown>>);
}

function fromRow(
  row: Partial<Record<keyof TenantRow, unknown>>,
  keyRing: () => KeyRingSource,
): TenantToMigrate {
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

/** Half a login is not an address with the application's user: the migrator says so. */
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

/** As the central database gives it; a password of version 2 opens beside the id that it was sealed for. */
function idOf(id: unknown, otherwise: string, fields: Fields): string {
  if (id === undefined || id === null) return otherwise;
  if (typeof id === 'string' || typeof id === 'number' || typeof id === 'bigint') return String(id);
  fields.wrong(`"id" is ${shown(id)}; it must be the row's id: a text or a number.`);
  return otherwise;
}

function fromLogin(login: Partial<Record<keyof TenantLogin, unknown>>): TenantToMigrate {
  const fields = new Fields();
  const address = {
    host: fields.text('host', login.host),
    port: fields.port('port', login.port),
    database: fields.text('database', login.database),
    user: fields.text('user', login.user),
  };
  const password = fields.secret('password', login.password, { mayBeEmpty: true });
  fields.done();
  const { database } = address;
  return {
    tenant: {
      ...BLANK,
      id: database,
      slug: database,
      name: database,
      address,
      encryptedPassword: password,
    },
    passwords: { open: async ({ encryptedPassword }) => encryptedPassword },
  };
}

/** There may be no row yet; nothing but the address and the password counts. */
const BLANK = {
  status: 'PROVISIONING',
  schemaVersion: null,
  lastMigratedAt: null,
  lastRunId: null,
} as const;

/** Reads fields and collects what is wrong with them, so that one error names all. */
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

  /** Drivers give numbers as texts or BigInts where they are asked to. */
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
      'Give a row of your table of tenants (dbHost, dbPort, dbName, dbUser, dbPassword), or a login (host, port, database, user, password).',
  });
}
