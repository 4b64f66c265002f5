import { createHash } from 'node:crypto';
import type { SchemaState } from '../schema-state.ts';
import { type Bundle, createBundle, hashedText, splitMigrationName } from './bundle.ts';

/**
 * Whether a tenant's database has every migration of a bundle; it may have more. A migration that
 * is half-applied counts as missing.
 *
 * For a bundle given only by its hash this can be determined only if every applied migration has a recorded
 * checksum and the bundle's migrations come first: a hash is of ids and checksums in their order.
 */
export function holdsBundle(state: SchemaState, bundle: Bundle | string): boolean {
  if (state.open.length > 0) return false;
  const applied = state.rows.map(({ name }) => splitMigrationName(name));
  if (typeof bundle !== 'string') {
    const ids = new Set(applied.map(({ id }) => id));
    return bundle.migrations.every(({ id }) => ids.has(id));
  }
  const { migrations } = createBundle(
    applied.map(({ id, extension }) => ({
      id,
      extension,
      checksum: state.checksums.get(id) ?? '',
      load: () => Promise.reject(new TypeError('Only its name and checksum are known.')),
    })),
  );
  // Every beginning of what is applied is a bundle that the database holds.
  const hash = createHash('sha256');
  for (const migration of migrations) {
    if (hash.copy().digest('hex') === bundle) return true;
    if (migration.checksum === '') return false;
    hash.update(hashedText(migration));
  }
  return hash.digest('hex') === bundle;
}

/**
 * Whether a tenant's database has every schema change of a bundle. Pending backfills do not count, unless a
 * schema change requires one, which is pending itself then. Loads the migrations that the database lacks.
 */
export async function holdsSchema(state: SchemaState, bundle: Bundle): Promise<boolean> {
  if (state.open.length > 0) return false;
  const ids = new Set(state.rows.map(({ name }) => splitMigrationName(name).id));
  for (const migration of bundle.migrations) {
    if (ids.has(migration.id)) continue;
    if ((await migration.load()).backfill === undefined) return false;
  }
  return true;
}
