import { raw, type Sql, sqltag as sql } from '@prisma/client/runtime/client';
import type { PrismaClient } from '../../../../prisma/generated-central/client.ts';
import type { Tenant } from '../../../core/tenant.ts';
import type { CentralSession } from '../central-session.ts';
import { hasIdAmong, where } from './conditions.ts';
import { type OwnRow, type ProductRow, tenantColumns, tenantOfRows } from './tenant-rows.ts';
import { tenantsKeyMissing } from './tenants-errors.ts';

/** A client within a transaction or outside of one. */
type Reader = Pick<PrismaClient, '$queryRaw' | 'fanfoldTenant'>;

/** A tenant together with its row in `fanfold_tenants`, if there is one. */
export interface TenantRecord {
  readonly row: ProductRow;
  readonly tenant: Tenant;
  readonly own: OwnRow | undefined;
}

/**
 * Both tables are read as they were at one moment. One statement changes both, and a row from before it with
 * the other from after it is a state that no tenant was ever in. The time limits are Prisma's, in milliseconds.
 */
const SNAPSHOT = { isolationLevel: 'RepeatableRead', maxWait: 20_000, timeout: 60_000 } as const;

/**
 * Reads tenants from the user's table and from `fanfold_tenants`. Throws `TenantsKeyMissing` if a view or
 * query yields an id twice.
 */
export async function readTenants(
  session: CentralSession,
  condition: Sql | undefined,
  rest?: Sql,
): Promise<TenantRecord[]> {
  const { ask, source, hasOwnTable } = session;
  const query = sql`SELECT ${tenantColumns(source)} FROM ${raw(source.from)} ${where(condition)} ${rest ?? raw('')}`;
  const readFrom = async (prisma: Reader) => {
    const rows = await prisma.$queryRaw<ProductRow[]>(query);
    refuseRepeated(session, rows);
    return { rows, own: hasOwnTable ? await ownRows(prisma, rows) : new Map<string, OwnRow>() };
  };
  const { rows, own } = await ask((prisma) =>
    hasOwnTable ? prisma.$transaction(readFrom, SNAPSHOT) : readFrom(prisma),
  );
  return rows.map((row) => ({
    row,
    tenant: tenantOfRows(row, own.get(row.id)),
    own: own.get(row.id),
  }));
}

/** Reads one tenant whose id matches exactly. */
export async function readTenant(
  session: CentralSession,
  id: string,
): Promise<TenantRecord | undefined> {
  const found = await readTenants(session, hasIdAmong(session.source, [id]));
  return found.find(({ tenant }) => tenant.id === id);
}

async function ownRows(
  prisma: Reader,
  tenants: readonly ProductRow[],
): Promise<ReadonlyMap<string, OwnRow>> {
  if (tenants.length === 0) return new Map();
  const ids = tenants.map(({ id }) => id);
  const rows = await prisma.fanfoldTenant.findMany({ where: { tenantId: { in: ids } } });
  return new Map(rows.map((row) => [row.tenantId, row]));
}

/** A view or a query may yield one tenant twice with different logins, and nothing shows which one is right. */
function refuseRepeated({ source }: CentralSession, rows: readonly ProductRow[]): void {
  if (source.hasKey) return;
  const seen = new Set<string>();
  for (const { id } of rows) {
    if (id === null)
      throw tenantsKeyMissing(source.shown, source.columns.id.name, 'a row has none');
    if (seen.has(id)) {
      throw tenantsKeyMissing(source.shown, source.columns.id.name, `two rows have "${id}"`);
    }
    seen.add(id);
  }
}
