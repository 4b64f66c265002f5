import { raw, type Sql, sqltag as sql } from '@prisma/client/runtime/client';
import type { NewTenant } from '../../core/central/new-tenant.ts';
import type { SealPassword, TenantRegistry } from '../../core/central/tenant-registry.ts';
import { FanfoldError } from '../../core/errors.ts';
import type { TenantFilter } from '../../core/ports.ts';
import type { Tenant, TenantStatus } from '../../core/tenant.ts';
import type { CentralSession } from './central-session.ts';
import { addTenant } from './tenants/add-tenant.ts';
import { all, hasIdAfter, hasStatus, isOnHosts } from './tenants/conditions.ts';
import { readTenant, readTenants } from './tenants/read-tenants.ts';
import type { ProductRow } from './tenants/tenant-rows.ts';
import { checkWritable } from './tenants/write-checks.ts';
import { changeTenant } from './tenants/write-tenants.ts';

const PAGE_SIZE = 500;

/** Lists tenants in the order of their slugs, adds tenants and changes their status. */
export function createTenantRegistry(session: CentralSession): TenantRegistry {
  return {
    list: (filter) => list(session, filter),
    add: (tenant, seal) => add(session, tenant, seal),
    setStatus: (id, status) => setStatus(session, id, status),
  };
}

async function* list(
  session: CentralSession,
  { status, hosts }: TenantFilter,
): AsyncGenerator<Tenant, void, undefined> {
  const { source } = session;
  const { id, slug } = source.columns;
  const order = sql`ORDER BY ${raw(slug.sql)}, ${raw(id.sql)} LIMIT ${raw(String(PAGE_SIZE))}`;
  let last: ProductRow | undefined;
  do {
    const condition = all([
      status === undefined ? undefined : hasStatus(source, status),
      isOnHosts(source, hosts),
      last === undefined ? undefined : isListedAfter(source, last),
    ]);
    const rows = await readTenants(session, condition, order);
    for (const { tenant } of rows) yield tenant;
    last = rows[PAGE_SIZE - 1]?.row;
  } while (last !== undefined);
}

/** Selects rows after the given one in the order of slug and id; rows without a slug come first. */
function isListedAfter(source: CentralSession['source'], { slug: last, id }: ProductRow): Sql {
  const slug = raw(source.columns.slug.sql);
  const isNext = hasIdAfter(source, id);
  return last === null
    ? sql`(${slug} IS NOT NULL OR ${isNext})`
    : sql`(${slug} > ${last} OR (${slug} = ${last} AND ${isNext}))`;
}

async function add(
  session: CentralSession,
  tenant: NewTenant,
  seal: SealPassword,
): Promise<Tenant> {
  const { source } = session;
  const target = await checkWritable(session, {
    what: 'A tenant',
    columns: Object.values(source.columns),
    statuses: [tenant.status],
    adds: true,
  });
  const id = await addTenant(session, target, { ...tenant, given: tenant.id }, seal);
  const added = await readTenant(session, id);
  if (added === undefined) throw tenantUnknown(id);
  return added.tenant;
}

async function setStatus(session: CentralSession, id: string, status: TenantStatus): Promise<void> {
  const { source, hasOwnTable } = session;
  const target = await checkWritable(session, {
    what: 'The status of a tenant',
    columns: [source.columns.status],
    statuses: [status],
  });
  // Somebody who activates a tenant by hand has checked it: from then on a failed provisioning never removes it.
  const settled = status === 'ACTIVE' ? { provisioning: null, provisioningOf: null } : {};
  const own = hasOwnTable ? { statusReason: null, ...settled } : undefined;
  if (!(await changeTenant(session, target, { id, values: { status }, own, isOwnOptional: true })))
    throw tenantUnknown(id);
}

function tenantUnknown(id: string): FanfoldError {
  return new FanfoldError('TenantUnknown', `There is no tenant with the id "${id}".`, {
    fault: 'usage',
    nextStep: 'List the tenants: `fanfold tenant:list`',
  });
}
