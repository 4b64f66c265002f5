/**
 * The comment at the head of a new migration: what MySQL and a fleet ask of its author.
 * `configExport` is how the language exports the configuration.
 */
export function templateHint(configExport: string): string {
  return `// One change a migration: MySQL commits each DDL statement by itself, so that a migration with
// several can stop half-way. Make each of them safe to repeat, with IF NOT EXISTS in raw SQL or:
//   if (await knex.schema.hasTable('tasks')) return;
//   if (await knex.schema.hasColumn('tasks', 'priority')) return;
// A long data change that commits in chunks wants no transaction around it:
//   ${configExport} = { transaction: false };
// Once it is deployed, leave this file alone and write another one.
`;
}

/** Lines of a function's body, indented by two blanks. */
export function indent(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}`).join('\n');
}
