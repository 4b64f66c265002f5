/**
 * The comment at the top of a new migration, with advice for MySQL and for a fleet. `configExport` is the
 * language's syntax for exporting the configuration.
 */
export function templateHint(configExport: string): string {
  return `// Make one change per migration: MySQL commits each DDL statement separately, so a migration with several
// can be interrupted between them. Make each statement safe to repeat, with IF NOT EXISTS in raw SQL or:
//   if (await knex.schema.hasTable('tasks')) return;
//   if (await knex.schema.hasColumn('tasks', 'priority')) return;
// A long data change that commits in chunks must not run in one transaction:
//   ${configExport} = { transaction: false };
// Do not change this file after it is deployed; write a new migration instead.
`;
}

/** Indents the lines of a function's body by two spaces. */
export function indent(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}`).join('\n');
}
