import { join, raw, type Sql, sqltag as sql } from '@prisma/client/runtime/client';
import type { NewTenant } from '../../../core/central/new-tenant.ts';
import type { SealPassword } from '../../../core/central/tenant-registry.ts';
import { FanfoldError } from '../../../core/errors.ts';
import { driverErrorOf, isDuplicate } from '../central-error.ts';
import type { CentralSession } from '../central-session.ts';
import { slugTaken } from '../slug-taken.ts';
import { hasId } from './conditions.ts';
import { OWN_TABLE } from './own-table.ts';
import type { WriteTarget } from './tenants-source.ts';
import { insertTenant, newId, type OwnValues } from './write-tenants.ts';

/** In milliseconds: a lock may be waited for. */
const TRANSACTION = { maxWait: 20_000, timeout: 60_000 };

/** A row that is added, and what the table of ours keeps of it. */
export interface AddedTenant extends Omit<NewTenant, 'id'> {
  /** A UUID, which is taken where the ids are such. */
  readonly given?: string | undefined;
  readonly own?: OwnValues | undefined;
}

/**
 * Adds the row of a tenant and returns its id; both are there or none. What the table of ours holds of a
 * tenant that had the id before is forgotten. Throws `SlugTaken` and `TenantNotAdded` (fault `usage`).
 */
export async function addTenant(
  { ask, source, hasOwnTable }: CentralSession,
  target: WriteTarget,
  { given, own, ...tenant }: AddedTenant,
  seal: SealPassword = async () => tenant.encryptedPassword,
): Promise<string> {
  const { slug } = source.columns;
  const made = newId(target, given);
  const isTaken = sql`SELECT 1 AS taken FROM ${raw(source.from)} WHERE ${raw(slug.sql)} = ${tenant.slug} LIMIT 1`;
  return ask(async (prisma) => {
    const find = () => prisma.$queryRaw<unknown[]>(isTaken);
    if ((await find()).length > 0) throw slugTaken(tenant.slug);
    const first = made === undefined ? '' : await seal(made);
    try {
      return await prisma.$transaction(async (transaction) => {
        await transaction.$executeRaw(
          insertTenant(source, target, made, { ...tenant, encryptedPassword: first }),
        );
        const id = made ?? (await countedId(transaction));
        if (made === undefined) {
          const password = await seal(id);
          await transaction.$executeRaw(
            sql`UPDATE ${raw(source.from)} SET ${raw(source.columns.dbPassword.sql)} = ${password} WHERE ${hasId(source, id)}`,
          );
        }
        if (hasOwnTable) await transaction.$executeRaw(replaceOwnRow(id, own));
        return id;
      }, TRANSACTION);
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      if ((await find()).length > 0) throw slugTaken(tenant.slug);
      throw notAdded(tenant.slug, driverErrorOf(error).words, error);
    }
  });
}

/** One statement: deleting what is not there would lock the gap in which others insert. */
function replaceOwnRow(id: string, own: OwnValues = {}): Sql {
  const values = Object.entries({ tenantId: id, ...own });
  const names = values.map(([name]) => name).join(', ');
  return sql`REPLACE INTO ${raw(OWN_TABLE)} (${raw(names)}) VALUES (${join(values.map(([, value]) => sql`${value}`))})`;
}

async function countedId(transaction: {
  $queryRaw<Rows>(query: ReturnType<typeof raw>): PromiseLike<Rows>;
}): Promise<string> {
  const [row] = await transaction.$queryRaw<{ id: string }[]>(
    raw('SELECT CAST(LAST_INSERT_ID() AS CHAR) AS id'),
  );
  return row?.id ?? '';
}

/** Another column of the user's is unique as well. */
function notAdded(slug: string, words: string, cause: unknown): FanfoldError {
  return new FanfoldError('TenantNotAdded', `The tenant "${slug}" was not added: ${words}`, {
    fault: 'usage',
    nextStep: 'Give it what no other tenant has, such as a database of its own.',
    cause,
  });
}
