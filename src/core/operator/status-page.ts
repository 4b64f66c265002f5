import type { Bundle } from '../bundle/bundle.ts';
import type { TenantDirectory } from '../ports.ts';
import { readingOf } from '../status/read-fleet.ts';
import type { ReadTenant } from '../status/read-tenant.ts';
import type { OperationAnswer, OperationRequest } from '../wire/operator-schemas.ts';
import { fitPage, type PageLimits } from './fit-page.ts';
import { healthAfter, tokenOf } from './page-token.ts';
import { tenantsAfter } from './tenants-after.ts';

export interface StatusPageDependencies {
  readonly directory: Pick<TenantDirectory, 'count' | 'idsAfter' | 'findByIds'>;
  readonly readTenant: ReadTenant;
  readonly bundle: Bundle;
  /** Milliseconds. */
  readonly now: () => number;
  readonly limits?: PageLimits | undefined;
}

/**
 * Reads the state of the next tenants of a fleet, with one query each: writes and locks nothing. Throws what
 * the central database throws.
 */
export async function statusPage(
  { hosts, concurrency, page }: OperationRequest<'status'>,
  { directory, readTenant, bundle, now, limits }: StatusPageDependencies,
): Promise<OperationAnswer<'status'>> {
  const filter = { status: 'ACTIVE', hosts } as const;
  const found =
    page === undefined
      ? { tenants: await directory.count(filter), migrations: bundle.migrations.length }
      : undefined;
  const health = healthAfter(page);
  const { items, last } = await fitPage(
    tenantsAfter(directory, filter, page?.after ?? ''),
    concurrency,
    (tenant) => readingOf(tenant, { bundle, readTenant, health }),
    { now, limits },
  );
  return { found, readings: items, next: tokenOf(last, health) };
}
