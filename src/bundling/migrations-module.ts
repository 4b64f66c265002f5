import type { Bundle, Migration } from '../core/bundle/bundle.ts';

/** The part of the migrations that a function needs: their code, or only their ids and checksums. */
export type MigrationsNeed = 'code' | 'checksums';

/**
 * The text of the module that carries a bundle into a function: a static index, because a bundler
 * cannot follow a folder that is read when the function runs. A migration's code is evaluated when it
 * is loaded, so a thousand of them do not slow down the start.
 *
 * @param fileOf full path of a migration's file
 */
export function migrationsModule(
  bundle: Bundle,
  need: MigrationsNeed,
  fileOf: (migration: Migration) => string,
): string {
  const entries = bundle.migrations.map((migration) => {
    const { id, extension, checksum } = migration;
    const facts = JSON.stringify({ id, extension, checksum });
    return need === 'code'
      ? `{...${facts},load:()=>import(${JSON.stringify(fileOf(migration))})}`
      : facts;
  });
  return `export const migrations=[\n${entries.join(',\n')}\n];\n`;
}
