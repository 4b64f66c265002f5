import { createHash } from 'node:crypto';
import type { Backfill } from '../backfill/backfill.ts';
import type { MigrationSafety } from '../safety/guard/guard-settings.ts';

/** The exports of a migration file. The parameter is a Knex instance or transaction. */
export interface MigrationModule {
  // biome-ignore lint/suspicious/noExplicitAny: the core does not know Knex; the file's author types it
  readonly up: (knex: any) => unknown;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly down?: ((knex: any) => unknown) | undefined;
  readonly config?: { readonly transaction?: boolean | undefined } | undefined;
  /** Limits for this migration's own statements, over those of the run. */
  readonly safety?: MigrationSafety | undefined;
  /** Set if the file is a backfill: it runs in batches instead of `up`. */
  readonly backfill?: Backfill | undefined;
  /** Ids of backfills that have to be complete before this migration runs. */
  readonly requires?: readonly string[] | undefined;
}

/** One migration of the bundle; the code is loaded when it is needed. */
export interface Migration {
  /** The file name without its extension: `20250127120000_add_priority_to_tasks`. */
  readonly id: string;
  /** Extension of the file with its dot, such as `.ts`. */
  readonly extension: string;
  /** {@link sourceChecksum} of the file. */
  readonly checksum: string;
  /** Loads and checks the file; throws `FanfoldError` `MigrationInvalid`. */
  load(): Promise<MigrationModule>;
}

/** The migrations that a build ships, in the order in which they run. */
export interface Bundle {
  readonly migrations: readonly Migration[];
  /** Ids of the whole folder, even if the bundle was cut: a database may have applied them. */
  readonly knownIds: ReadonlySet<string>;
  /** SHA-256 over ids and checksums in order, hex. Two builds with the same hash do the same. */
  readonly hash: string;
}

/**
 * Puts migrations into Knex's order and hashes the whole. Knex compares whole file names, code unit
 * by code unit: `2025_a-b.js` runs before `2025_a.js`, since `-` sorts before the dot.
 */
export function createBundle(migrations: Iterable<Migration>): Bundle {
  const ordered = [...migrations].sort((a, b) => {
    const [left, right] = [a.id + a.extension, b.id + b.extension];
    return left < right ? -1 : left > right ? 1 : 0;
  });
  const hash = createHash('sha256');
  for (const migration of ordered) hash.update(hashedText(migration));
  const knownIds = new Set(ordered.map(({ id }) => id));
  return { migrations: ordered, knownIds, hash: hash.digest('hex') };
}

/** The part of one migration in the text whose hash is the bundle's. */
export function hashedText({ id, checksum }: Pick<Migration, 'id' | 'checksum'>): string {
  return `${id}\0${checksum}\n`;
}

/** The part of a bundle up to and including `id`; `undefined` if the bundle has no such migration. */
export function bundleUpTo(bundle: Bundle, id: string): Bundle | undefined {
  const index = bundle.migrations.findIndex((migration) => migration.id === id);
  if (index < 0) return undefined;
  return { ...createBundle(bundle.migrations.slice(0, index + 1)), knownIds: bundle.knownIds };
}

/**
 * SHA-256 of a migration's source, hex. Line endings, a byte order mark and blanks at the end of
 * lines or of the file do not count: git and editors change them without changing what runs.
 */
export function sourceChecksum(source: string): string {
  const normalized = source
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .map((line) => line.trimEnd())
    .join('\n')
    .trimEnd();
  return createHash('sha256').update(normalized).digest('hex');
}

/** Extensions under which one and the same migration may be recorded or stored. */
export const MIGRATION_EXTENSIONS = ['.js', '.ts', '.cjs', '.mjs', '.cts', '.mts'] as const;

/** Splits a file name or a recorded name into the migration's id and its extension (`''` for none). */
export function splitMigrationName(name: string): { id: string; extension: string } {
  const extension = MIGRATION_EXTENSIONS.find((candidate) => name.endsWith(candidate)) ?? '';
  return { id: name.slice(0, name.length - extension.length), extension };
}
