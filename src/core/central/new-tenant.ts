import { FanfoldError } from '../errors.ts';
import { type DatabaseAddress, TENANT_STATUSES, type TenantStatus } from '../tenant.ts';

/** A tenant before it has a row, and so before its password can be encrypted. Made by {@link checkNewTenant}. */
export interface NewTenant {
  /** A UUID for the row; the registry makes one if it is absent. */
  readonly id?: string | undefined;
  readonly slug: string;
  readonly name: string;
  readonly status: TenantStatus;
  readonly address: DatabaseAddress;
}

/** The values that a person gave; the others are filled in. */
export interface TenantDraft {
  /** A UUID; see {@link NewTenant}. */
  readonly id?: string | undefined;
  readonly slug: string;
  /** Default: the slug. */
  readonly name?: string | undefined;
  /** One of {@link TENANT_STATUSES}. Default: `PROVISIONING`. */
  readonly status?: string | undefined;
  readonly host: string;
  /** Default: 3306. */
  readonly port?: number | undefined;
  readonly database: string;
  readonly user: string;
}

/**
 * Checks a tenant before it is stored. Throws `TenantInvalid` (fault `usage`) with the name of the
 * field, its value and what was expected. Lengths are in characters, as the database counts them.
 */
export function checkNewTenant(draft: TenantDraft): NewTenant {
  const { slug, host, database, user } = draft;
  const name = draft.name ?? slug;
  const port = draft.port ?? 3306;
  checkText('slug', slug, 190);
  checkText('name', name, 255);
  checkHost(host);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw invalid('port', String(port), 'a whole number from 1 to 65535');
  }
  checkIdentifier('database', database, 64);
  // MySQL takes 32 characters, MariaDB 80; which one it is shows when somebody connects.
  checkIdentifier('user', user, 80);
  return {
    ...(draft.id !== undefined && { id: draft.id }),
    slug,
    name,
    status: checkStatus(draft.status ?? 'PROVISIONING'),
    address: { host, port, database, user },
  };
}

/** Throws `TenantInvalid` if a word is not a status that Fanfold knows. */
export function checkStatus(word: string): TenantStatus {
  const status = TENANT_STATUSES.find((known) => known === word);
  if (status === undefined) throw invalid('status', word, `one of ${TENANT_STATUSES.join(', ')}`);
  return status;
}

/** Text that people type and read: without control characters and invisible ones. */
function checkText(field: string, text: string, longest: number): void {
  const expected = `1 to ${longest} characters without control characters, line breaks, or blanks at either end`;
  if (!hasLength(text, longest)) throw invalid(field, text, expected);
  if (text !== text.trim() || /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(text)) {
    throw invalid(field, text, expected);
  }
}

function checkHost(host: string): void {
  // A single colon is a port's; an IPv6 address has two and more.
  if (!hasLength(host, 255) || /[\s/@[\]\p{Cc}]|^[^:]*:[^:]*$/u.test(host)) {
    throw invalid('host', host, 'a host name or an address, without scheme, port or brackets');
  }
}

/** As MySQL allows for names in backticks: no NUL, nothing beyond U+FFFF, no blank at the end. */
function checkIdentifier(field: string, text: string, longest: number): void {
  if (!hasLength(text, longest) || /[\0\u{10000}-\u{10FFFF}\p{Cs}]|\s$/u.test(text)) {
    throw invalid(
      field,
      text,
      `1 to ${longest} characters without NUL, characters beyond U+FFFF, or a blank at the end`,
    );
  }
}

function hasLength(text: string, longest: number): boolean {
  const { length } = [...text];
  return length >= 1 && length <= longest;
}

function invalid(field: string, value: string, expected: string): FanfoldError {
  const shown = value.length > 100 ? `${value.slice(0, 100)}…` : value;
  return new FanfoldError(
    'TenantInvalid',
    `The ${field} of a tenant cannot be ${JSON.stringify(shown)}; expected ${expected}.`,
    { fault: 'usage', nextStep: `Correct the ${field} and run the command again.` },
  );
}
