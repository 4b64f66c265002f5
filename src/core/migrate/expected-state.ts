import type { Bundle } from '../bundle/bundle.ts';
import type { Tenant } from '../tenant.ts';

/** The state in which a tenant's database is expected to be. It is checked before anything is done. */
export type ExpectedState =
  /** Nothing has been migrated: Knex's table of applied migrations is missing. */
  | { readonly kind: 'fresh' }
  /** It lacks the migration with this id. */
  | { readonly kind: 'behind'; readonly lacks: string };

/**
 * The state of a tenant's database by what the central database has recorded; `undefined` if nothing is expected to be
 * pending. If it is wrong, as for tenants that only plain Knex has migrated, it costs one question more.
 *
 * @param bundle cut at the migration with which the run ends
 */
export function expectedState(
  { schemaVersion, lastMigratedAt }: Pick<Tenant, 'schemaVersion' | 'lastMigratedAt'>,
  bundle: Pick<Bundle, 'hash' | 'migrations'>,
): ExpectedState | undefined {
  const newest = bundle.migrations.at(-1);
  if (newest === undefined || schemaVersion === bundle.hash) return undefined;
  const isFresh = schemaVersion === null && lastMigratedAt === null;
  return isFresh ? { kind: 'fresh' } : { kind: 'behind', lacks: newest.id };
}
