import { createHash } from 'node:crypto';
import { FanfoldError } from '../errors.ts';

/** Both servers take as many for a database. */
const DATABASE_LENGTH = 64;

/** MySQL takes as many for a user, MariaDB 80. */
const USER_LENGTH = 32;

/** Names that belong to the servers or to their hosts (RDS, Azure, Google). In lower case. */
const RESERVED_DATABASES = ['mysql', 'sys', 'information_schema', 'performance_schema', 'innodb'];
const RESERVED_USERS =
  /^(root|admin|mysql|mysql[.].*|mariadb[.].*|rds.*|azure_.*|cloudsql.*|debian-sys-maint|public)$/i;

const SLUG = /^[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?$/;

/**
 * Checks the slug of a tenant that is to be provisioned, which names its database and user too.
 * Throws `TenantInvalid` (fault `usage`).
 */
export function checkSlug(slug: string): void {
  if (SLUG.test(slug)) return;
  throw invalid(
    'slug',
    slug,
    '1 to 63 lower-case letters, digits, hyphens and underscores, beginning and ending with a letter or digit',
  );
}

/** The name of the database for a slug, as the guide has it: `acme-corp` gives `acme_corp_db`. */
export function databaseNameOf(slug: string): string {
  return shorten(slug, DATABASE_LENGTH - 3, '_db');
}

/** The name of the user for a slug: `acme-corp` gives `acme_corp`. */
export function userNameOf(slug: string): string {
  const name = shorten(slug, USER_LENGTH, '');
  return RESERVED_USERS.test(name) ? `${name}_tenant` : name;
}

/** The name of the user that migrates, for the application's: `acme_corp` gives `acme_corp_migrate`. */
export function migrationUserNameOf(user: string): string {
  return shorten(user, USER_LENGTH - 8, '_migrate');
}

/** Throws `TenantInvalid` for the name of a database that a server refuses, or keeps for itself. */
export function checkDatabaseName(name: string): void {
  if (RESERVED_DATABASES.includes(name.toLowerCase())) {
    throw invalid('database', name, 'a name that the server does not keep for itself');
  }
  checkIdentifier('database', name, DATABASE_LENGTH);
}

/** Throws `TenantInvalid` for the name of a user that a server refuses, or keeps for itself. */
export function checkUserName(name: string): void {
  if (RESERVED_USERS.test(name)) {
    throw invalid('user', name, 'a name that neither the server nor its host keeps for itself');
  }
  checkIdentifier('user', name, USER_LENGTH);
}

/**
 * Digits and letters of the slug, the rest as underscores. What had to be changed beyond that or cut
 * off is distinguished by a hash of the whole slug.
 */
function shorten(slug: string, longest: number, ending: string): string {
  const plain = slug.replaceAll('-', '_');
  const name = plain.toLowerCase().replace(/[^a-z0-9_]/g, '_');
  if (name === plain && name.length <= longest) return name + ending;
  const hash = createHash('sha256').update(slug).digest('hex').slice(0, 8);
  return `${name.slice(0, longest - 9)}_${hash}${ending}`;
}

function checkIdentifier(field: 'database' | 'user', name: string, longest: number): void {
  const { length } = [...name];
  if (
    length >= 1 &&
    length <= longest &&
    !/[\p{Cc}\u{10000}-\u{10FFFF}\p{Cs}]|^\s|\s$/u.test(name)
  ) {
    return;
  }
  throw invalid(
    field,
    name,
    `1 to ${longest} characters without control characters, characters beyond U+FFFF, or a blank at either end`,
  );
}

function invalid(field: string, value: string, expected: string): FanfoldError {
  const shown = value.length > 100 ? `${value.slice(0, 100)}…` : value;
  return new FanfoldError(
    'TenantInvalid',
    `The ${field} of a tenant cannot be ${JSON.stringify(shown)}; expected ${expected}.`,
    { fault: 'usage', nextStep: `Choose another ${field}.` },
  );
}
