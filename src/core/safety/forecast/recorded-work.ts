import type { Recording } from '../recording.ts';
import { statementWork } from './statement-work.ts';
import type { StatementWork } from './work-kind.ts';

/** The work of one migration. */
export interface MigrationWork {
  readonly id: string;
  readonly statements: readonly StatementWork[];
}

/** The work of every migration that ran to its end on a scratch database, by its id. */
export function recordedWork({
  migrations,
  failure,
}: Recording): ReadonlyMap<string, MigrationWork> {
  const existing = new Map<string, string>();
  const works = new Map<string, MigrationWork>();
  for (const { id, statements } of migrations) {
    const own = statements.flatMap((statement) => {
      const work = statementWork(statement, existing);
      // Two tables may have swapped their names.
      for (const { before } of statement.changes) existing.delete(before?.name.toLowerCase() ?? '');
      for (const { after } of statement.changes) {
        if (after !== undefined) existing.set(after.name.toLowerCase(), after.name);
      }
      return work ?? [];
    });
    works.set(id, { id, statements: own });
  }
  // Its later statements are not known.
  if (failure !== undefined) works.delete(failure.migration ?? migrations.at(-1)?.id ?? '');
  return works;
}

/** The names of all tables that these migrations touch, to ask a tenant for their sizes. */
export function touchedTables(works: Iterable<MigrationWork>): string[] {
  const names = new Set<string>();
  for (const { statements } of works) {
    for (const { tables, effects } of statements) {
      for (const table of tables) names.add(table);
      for (const { table } of effects) names.add(table);
    }
  }
  return [...names];
}
