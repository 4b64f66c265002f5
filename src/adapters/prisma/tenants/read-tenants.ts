import { raw, type Sql, sqltag as sql } from '@prisma/client/runtime/client';
import type { Tenant } from '../../../core/tenant.ts';
import type { CentralSession } from '../central-session.ts';
import { hasIdAmong, where } from './conditions.ts';
import { type OwnRow, type TenantRow, tenantColumns, tenantOfRows } from './tenant-rows.ts';
import { tenantsKeyMissing } from './tenants-errors.ts';

/** A tenant together with its row in `fanfold_tenants`, if there is one. */
export interface ReadTenant {
  readonly row: TenantRow;
  readonly tenant: Tenant;
  readonly own: OwnRow | undefined;
}

/**
 * Reads tenants from the user's table and from `fanfold_tenants`. Throws `TenantsKeyMissing` if a view or
 * query yields an id twice.
 */
export async function readTenants(
  session: CentralSession,
  condition: Sql | undefined,
  rest?: Sql,
): Promise<ReadTenant[]> {
  const { ask, source } = session;
  const query = sql`SELECT ${tenantColumns(source)} FROM ${raw(source.from)} ${where(condition)} ${rest ?? raw('')}`;
  const rows = await ask((prisma) => prisma.$queryRaw<TenantRow[]>(query));
  refuseRepeated(session, rows);
  const own = await ownRows(
    session,
    rows.map(({ id }) => id),
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
): Promise<ReadTenant | undefined> {
  const found = await readTenants(session, hasIdAmong(session.source, [id]));
  return found.find(({ tenant }) => tenant.id === id);
}

async function ownRows(
  { ask, hasOwnTable }: CentralSession,
  ids: readonly string[],
): Promise<ReadonlyMap<string, OwnRow>> {
  if (!hasOwnTable || ids.length === 0) return new Map();
  const rows = await ask((prisma) =>
    prisma.fanfoldTenant.findMany({ where: { tenantId: { in: [...ids] } } }),
  );
  return new Map(rows.map((row) => [row.tenantId, row]));
}

/** A view or a query may yield one tenant twice with different logins, and nothing shows which one is right. */
function refuseRepeated({ source }: CentralSession, rows: readonly TenantRow[]): void {
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
