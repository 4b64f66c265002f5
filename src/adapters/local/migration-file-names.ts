import { splitMigrationName } from '../../core/bundle/bundle.ts';
import { migrationTimestamp } from '../../core/bundle/migration-timestamp.ts';
import { FanfoldError } from '../../core/errors.ts';

export interface FileNameOptions {
  /** For a fleet whose history has two migrations of one timestamp. Default false. */
  readonly allowDuplicateTimestamps?: boolean | undefined;
  /** Knex's `loadExtensions`: only files with these are migrations. Default: every extension that can run. */
  readonly loadExtensions?: readonly string[] | undefined;
}

/**
 * Rejects names whose identity or order is ambiguous: throws `MigrationDuplicate` for one id under two
 * extensions, and `MigrationTimestampDuplicate` for two migrations of the same second. The errors name
 * `folder`.
 */
export function checkMigrationFileNames(
  names: readonly string[],
  folder: string,
  options: FileNameOptions,
): void {
  const twins = sharing(names, (name) => splitMigrationName(name).id);
  if (twins.length > 0) throw migrationDuplicate(folder, twins);
  if (options.allowDuplicateTimestamps) return;
  const sameSecond = sharing(names, migrationTimestamp);
  if (sameSecond.length > 0) throw migrationTimestampDuplicate(folder, sameSecond);
}

/** Groups of two or more names that have the same key. */
function sharing(
  names: readonly string[],
  keyOf: (name: string) => string | undefined,
): string[][] {
  const groups = new Map<string, string[]>();
  for (const name of names.toSorted()) {
    const key = keyOf(name);
    if (key !== undefined) groups.set(key, [...(groups.get(key) ?? []), name]);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

function migrationDuplicate(folder: string, groups: readonly string[][]): FanfoldError {
  return new FanfoldError(
    'MigrationDuplicate',
    `The migrations folder ${folder} has the same migration under two extensions: ${listGroups(groups)}.`,
    {
      fault: 'configuration',
      nextStep:
        'Delete the file that is not the source, such as compiled output, or let the compiler write to another folder.',
    },
  );
}

function migrationTimestampDuplicate(folder: string, groups: readonly string[][]): FanfoldError {
  return new FanfoldError(
    'MigrationTimestampDuplicate',
    `The migrations folder ${folder} has two migrations with the same timestamp, so their order depends only on their names: ${listGroups(groups)}.`,
    {
      fault: 'configuration',
      nextStep:
        'Give one of them a later timestamp if no tenant has it yet. If both have been applied, keep them and pass --allow-duplicate-timestamps.',
    },
  );
}

function listGroups(groups: readonly string[][]): string {
  return groups.map((group) => group.join(' and ')).join('; ');
}
