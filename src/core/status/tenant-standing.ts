import { type Bundle, splitMigrationName } from '../bundle/bundle.ts';

/** The state of one tenant's database compared with a bundle. */
export interface TenantStanding {
  /** Id of the newest migration of the bundle that is applied; `null` if none is. */
  readonly at: string | null;
  /** Ids of the bundle's migrations that are not applied, in order, without backfills. */
  readonly pending: readonly string[];
}

/** The standing of a tenant of which a plan says that `pendingNames`, and backfills with these ids, are pending. */
export function tenantStanding(
  bundle: Bundle,
  pendingNames: readonly string[],
  backfills: readonly string[] = [],
): TenantStanding {
  const pending = pendingNames.map((name) => splitMigrationName(name).id);
  const lacking = new Set([...pending, ...backfills]);
  const newest = bundle.migrations.findLast(({ id }) => !lacking.has(id));
  return { at: newest?.id ?? null, pending };
}
