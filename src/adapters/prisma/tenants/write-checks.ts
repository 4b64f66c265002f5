import { raw } from '@prisma/client/runtime/client';
import type { TenantStatus } from '../../../core/tenant.ts';
import { driverErrorOf } from '../central-error.ts';
import type { CentralSession } from '../central-session.ts';
import { isNumberKind } from './column-kind.ts';
import { fanfoldTenantsMissing, tenantStatusRefused, tenantsReadOnly } from './tenants-errors.ts';
import {
  quoteIdentifier,
  type SourceColumn,
  type TenantsSource,
  type WriteTarget,
} from './tenants-source.ts';

/** A kind of change, with everything that it writes. */
export interface Change {
  /** For people: `The status of a tenant`. */
  readonly what: string;
  readonly columns: readonly (SourceColumn | undefined)[];
  readonly statuses?: readonly TenantStatus[] | undefined;
  /** Whether rows are added, or deleted. */
  readonly adds?: boolean | undefined;
  readonly deletes?: boolean | undefined;
  /** The purpose of `fanfold_tenants` for this change, for people: "records …". */
  readonly own?: string | undefined;
}

/** Error numbers for a table, view or column that cannot be changed in this way. */
const NOT_WRITABLE = new Set([1288, 1348, 1393, 1394, 1395, 1471]);

/**
 * Checks that a change can be written before anything else happens, by an EXPLAIN of its statements, which
 * does not run them. Throws `TenantsReadOnly`, `TenantStatusRefused`, `FanfoldTenantsMissing`, and
 * `CentralDatabaseAccessDenied` if the user lacks the privilege.
 */
export async function checkWritable(session: CentralSession, change: Change): Promise<WriteTarget> {
  const { source } = session;
  const { target } = source;
  if (target === undefined)
    throw tenantsReadOnly(change.what, source.readOnly ?? 'it is read only');
  for (const status of change.statuses ?? []) statusWord(source, status);
  if (change.own !== undefined && !session.hasOwnTable) throw fanfoldTenantsMissing(change.own);
  if (change.adds === true) refuseToAdd(source, target, change.what);
  const names = [...new Set(change.columns.flatMap((column) => column?.name ?? []))];
  const sets = names.map((name) => `t.${quoteIdentifier(name)} = t.${quoteIdentifier(name)}`);
  await explain(session, change, `UPDATE ${source.from} SET ${sets.join(', ')} WHERE 1 = 0`);
  if (change.adds === true) {
    const stamps = [target.createdAt, target.updatedAt].flatMap((stamp) => stamp?.sql ?? []);
    const list = [...names.map(quoteIdentifier), ...stamps];
    const values = list.map(() => 'NULL');
    await explain(
      session,
      change,
      `INSERT INTO ${target.table} (${list.join(', ')}) SELECT ${values.join(', ')} FROM ${source.from} WHERE 1 = 0`,
    );
  }
  if (change.deletes === true) {
    await explain(session, change, `DELETE t FROM ${source.from} WHERE 1 = 0`);
  }
  return target;
}

function refuseToAdd(
  { shown, columns }: TenantsSource,
  { newId, requiredColumns }: WriteTarget,
  what: string,
): void {
  if (newId === 'none') {
    throw tenantsReadOnly(
      what,
      `only your product can create values of ${columns.id.name} in ${shown}`,
    );
  }
  if (requiredColumns.length > 0) {
    throw tenantsReadOnly(
      what,
      `${shown} wants a value for ${requiredColumns.join(', ')} as well, which only your product knows`,
    );
  }
}

async function explain({ ask }: CentralSession, { what }: Change, statement: string) {
  await ask(async (prisma) => {
    try {
      // The traditional format, because MySQL's tree format does not support an INSERT into a view.
      await prisma.$queryRaw(raw(`EXPLAIN FORMAT=TRADITIONAL ${statement}`));
    } catch (error) {
      const { errno, words } = driverErrorOf(error);
      // 1345: a user without access to a view's tables cannot run EXPLAIN on it, but may still write to it.
      if (errno === 1345) return;
      if (errno === undefined || !NOT_WRITABLE.has(errno)) throw error;
      throw tenantsReadOnly(what, words.replace(/\.$/, ''));
    }
  });
}

/**
 * The value that stores a status in the user's column. Throws `TenantStatusRefused` if the column cannot
 * hold it: a server that is not in strict mode would store an empty value.
 */
export function statusWord(
  { columns, active, target }: TenantsSource,
  status: TenantStatus,
): string {
  const { status: column } = columns;
  const [activeWord = 'ACTIVE'] = active;
  const word = status === 'ACTIVE' ? activeWord : status;
  if (isNumberKind(column.kind)) {
    if (status === 'ACTIVE') return word;
    throw tenantStatusRefused(
      column.name,
      [status],
      `it is a number, and the mapping names only ${active.join(' and ')}, for ACTIVE`,
    );
  }
  const { words, length } = target?.status ?? {};
  const fold = (text: string) => (column.ignoresCase ? text.toLowerCase() : text);
  if (words !== undefined && !words.some((known) => fold(known) === fold(word))) {
    const room = words.length === 0 ? 'it is not text' : `it accepts only ${words.join(', ')}`;
    throw tenantStatusRefused(column.name, [word], room);
  }
  if (length !== undefined && [...word].length > length) {
    throw tenantStatusRefused(column.name, [word], `it has room for ${length} characters`);
  }
  return word;
}
