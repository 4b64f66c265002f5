import type { MigrationRow } from '../schema-state.ts';
import { type Bundle, type Migration, splitMigrationName } from './bundle.ts';

/**
 * The name under which plain Knex will look for a migration (docs/adr/0002-recorded-extension.md): that of
 * its file, unless the newest row of a file of the same kind has another extension than its file. That
 * happens when compiled TypeScript is run: the existing rows have `.js`, so this one gets `.js` too.
 */
export function recordedName(
  { id, extension }: Pick<Migration, 'id' | 'extension'>,
  bundle: Pick<Bundle, 'migrations'>,
  rows: readonly MigrationRow[],
): string {
  if (rows.length === 0) return `${id}${extension}`;
  const alike = new Set(
    bundle.migrations.filter((each) => each.extension === extension).map((each) => each.id),
  );
  const newest = rows.findLast(({ name }) => alike.has(splitMigrationName(name).id));
  return newest === undefined
    ? `${id}${extension}`
    : `${id}${splitMigrationName(newest.name).extension}`;
}
