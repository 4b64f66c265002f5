import { join, raw, type Sql, sqltag as sql } from '@prisma/client/runtime/client';
import type { NewTenant } from '../../../core/central/new-tenant.ts';
import type { SealPassword } from '../../../core/central/tenant-registry.ts';
import { FanfoldError } from '../../../core/errors.ts';
import { driverErrorOf, isDuplicate } from '../central-error.ts';
import type { CentralSession } from '../central-session.ts';
import { hasId } from './conditions.ts';
import { OWN_TABLE } from './own-table.ts';
import type { WriteTarget } from './tenants-source.ts';
import { insertTenant, newId, type OwnValues } from './write-tenants.ts';

/** Prisma's time limits in milliseconds, long enough to wait for a row lock. */
const TRANSACTION = { maxWait: 20_000, timeout: 60_000 };

/** A new tenant, with the values for its row in `fanfold_tenants`. */
export interface AddedTenant extends Omit<NewTenant, 'id'> {
  /** A UUID, which becomes the id if the ids are UUIDs. */
  readonly given?: string | undefined;
  readonly own?: OwnValues | undefined;
}

/**
 * Adds a tenant's row and its row in `fanfold_tenants` in one transaction and returns the id. The row of an
 * earlier tenant with the same id is replaced. Throws `SlugTaken` and `TenantNotAdded` (fault `usage`).
 */
export async function addTenant(
  { ask, source, hasOwnTable }: CentralSession,
  target: WriteTarget,
  { given, own, ...tenant }: AddedTenant,
  seal: SealPassword,
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

function slugTaken(slug: string): FanfoldError {
  return new FanfoldError('SlugTaken', `There already is a tenant with the slug "${slug}".`, {
    fault: 'usage',
    nextStep: 'Choose another slug, or look at the existing tenant: `fanfold tenant:list`',
  });
}

/** REPLACE instead of DELETE and INSERT: deleting a missing row would lock the gap into which others insert. */
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

/** Another unique column of the user's table refused the row. */
function notAdded(slug: string, words: string, cause: unknown): FanfoldError {
  return new FanfoldError('TenantNotAdded', `The tenant "${slug}" was not added: ${words}`, {
    fault: 'usage',
    nextStep: 'Use values that no other tenant has, such as a separate database.',
    cause,
  });
}
