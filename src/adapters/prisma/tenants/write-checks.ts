import { raw } from '@prisma/client/runtime/client';
import type { TenantStatus } from '../../../core/tenant.ts';
import { driverErrorOf } from '../central-error.ts';
import type { CentralSession } from '../central-session.ts';
import { isNumberKind } from './column-kind.ts';
import { fanfoldTenantsMissing, tenantStatusRefused, tenantsReadOnly } from './tenants-errors.ts';
import {
  quoted,
  type SourceColumn,
  type TenantsSource,
  type WriteTarget,
} from './tenants-source.ts';

/** What a change needs to be able to write. */
export interface Change {
  /** For people: `The status of a tenant`. */
  readonly what: string;
  readonly columns: readonly (SourceColumn | undefined)[];
  readonly statuses?: readonly TenantStatus[] | undefined;
  /** Whether rows are added, or deleted. */
  readonly adds?: boolean | undefined;
  readonly deletes?: boolean | undefined;
  /** What the table of ours is needed for: "remembers …". */
  readonly own?: string | undefined;
}

/** A table, view or column that takes no change of this kind. */
const NOT_WRITABLE = new Set([1288, 1348, 1393, 1394, 1395, 1471]);

/**
 * Checks that a change can be written before anything is done for it: the server is asked to explain the
 * statements, which runs none of them. Throws `TenantsReadOnly`, `TenantStatusRefused`,
 * `FanfoldTenantsMissing`, and `CentralDatabaseAccessDenied` where the user may not.
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
  const sets = names.map((name) => `t.${quoted(name)} = t.${quoted(name)}`);
  await explain(session, change, `UPDATE ${source.from} SET ${sets.join(', ')} WHERE 1 = 0`);
  if (change.adds === true) {
    const stamps = [target.createdAt, target.updatedAt].flatMap((stamp) => stamp?.sql ?? []);
    const list = [...names.map(quoted), ...stamps];
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
  { newId, demanded }: WriteTarget,
  what: string,
): void {
  if (newId === 'none') {
    throw tenantsReadOnly(what, `only your product makes values of ${columns.id.name} in ${shown}`);
  }
  if (demanded.length > 0) {
    throw tenantsReadOnly(
      what,
      `${shown} wants a value for ${demanded.join(', ')} as well, which only your product knows`,
    );
  }
}

async function explain({ ask }: CentralSession, { what }: Change, statement: string) {
  await ask(async (prisma) => {
    try {
      // The format of old: MySQL's tree cannot be made of an INSERT into a view.
      await prisma.$queryRaw(raw(`EXPLAIN FORMAT=TRADITIONAL ${statement}`));
    } catch (error) {
      const { errno, words } = driverErrorOf(error);
      // 1345: who may not see below a view cannot have it explained, and may still write to it.
      if (errno === 1345) return;
      if (errno === undefined || !NOT_WRITABLE.has(errno)) throw error;
      throw tenantsReadOnly(what, words.replace(/\.$/, ''));
    }
  });
}

/**
 * The word by which the user's column has a status. Throws `TenantStatusRefused` where it can hold no
 * word for it: a server that is not strict would store an empty one.
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
      `it is a number, of which only ${active.join(' and ')} is known, as ACTIVE`,
    );
  }
  const { words, length } = target?.status ?? {};
  const fold = (text: string) => (column.ignoresCase ? text.toLowerCase() : text);
  if (words !== undefined && !words.some((known) => fold(known) === fold(word))) {
    const room = words.length === 0 ? 'it is not a text' : `it takes only ${words.join(', ')}`;
    throw tenantStatusRefused(column.name, [word], room);
  }
  if (length !== undefined && [...word].length > length) {
    throw tenantStatusRefused(column.name, [word], `it has room for ${length} characters`);
  }
  return word;
}
