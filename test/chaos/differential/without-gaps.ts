import type { Contents } from './contents.ts';

/**
 * The same contents with ids as they would be if the server had not counted up for what was rolled
 * back: docs/explanation/reliability.md names this for tables that the migration has not made itself.
 *
 * @param gapsIn tables with gaps that the base does not hold: an earlier migration has made them
 * @param base what the database held before; its tables are those with gaps
 * @param refersTo columns elsewhere that hold such ids, as `table.column`, or as `table.column of users` if
 *   several tables have such ids
 */
export function withoutGaps(
  contents: Contents,
  base: Contents,
  refersTo: readonly string[],
  gapsIn: readonly string[] = [],
): Contents {
  const result = new Map(contents);
  const ids = new Map<string, string>();
  for (const table of tablesOf(contents)) {
    const isKnex = table.startsWith('knex_migrations');
    const isMade = !base.has(`definition of ${table}`) && !gapsIn.includes(table);
    if (isMade && !isKnex) continue;
    const definition = contents.get(`definition of ${table}`) ?? '';
    const column = /^ *`([^`]*)`[^\n]* AUTO_INCREMENT/m.exec(definition)?.[1];
    if (column === undefined) continue;
    result.set(`definition of ${table}`, definition.replace(/ AUTO_INCREMENT=\d+/, ''));
    const before = new Set(linesOf(base, table).map((row) => String(row[column])));
    const made = linesOf(contents, table)
      .map((row) => Number(row[column]))
      .filter((id) => !before.has(String(id)))
      .sort((a, b) => a - b);
    for (const [place, id] of made.entries())
      ids.set(`${table}.${column} ${id}`, `new ${place + 1}`);
    rewrite(result, table, column, (id) => ids.get(`${table}.${column} ${id}`) ?? id);
    // Nothing of a migration refers to the records of Knex.
    for (const reference of isKnex ? [] : refersTo) {
      const [place = '', target = table] = reference.split(' of ');
      if (target !== table) continue;
      const [other = '', its = ''] = place.split('.');
      rewrite(result, other, its, (id) => ids.get(`${table}.${column} ${id}`) ?? id);
    }
  }
  return result;
}

function tablesOf(contents: Contents): string[] {
  return [...contents.keys()]
    .filter((name) => name.startsWith('definition of '))
    .map((name) => name.slice('definition of '.length));
}

function linesOf(contents: Contents, table: string): Record<string, unknown>[] {
  const text = contents.get(`rows of ${table}`);
  if (text === undefined) return [];
  return (JSON.parse(text) as string[]).map((line) => JSON.parse(line) as Record<string, unknown>);
}

function rewrite(
  contents: Map<string, string>,
  table: string,
  column: string,
  change: (value: unknown) => unknown,
): void {
  if (!contents.has(`rows of ${table}`)) return;
  const rows = linesOf(contents, table).map((row) =>
    JSON.stringify(column in row ? { ...row, [column]: change(row[column]) } : row),
  );
  contents.set(`rows of ${table}`, JSON.stringify(rows.sort()));
}
