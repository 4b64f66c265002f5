/** The comment at the top of a new migration, with advice for MySQL and for a fleet. */
export function templateHint(): string {
  return `// MySQL commits each DDL statement separately. Fanfold resumes an interrupted migration where it stopped, so
// guards such as hasTable are not needed, and would hide a table that somebody made by hand.
// Safe ways for tables that have rows and an application that runs:
// - A new column allows NULL or has a default. Set NOT NULL later, once every row has a value.
// - Rename and drop in two migrations: first the application stops using the old name.
// - A text gets 64 characters or more, because growing past 255 bytes copies the table.
// - Many rows are changed by a backfill: "fanfold migrate:make <name> --backfill".
// "fanfold migrate:lint --scratch" judges it by rules. "fanfold migrate:plan --check-data --scratch" looks for rows at
// which it would fail: duplicates, NULLs, values that are too long, rows without their parent.
// Do not change this file after it is deployed; write a new migration instead.
`;
}

/** Indents the lines of a function's body by two spaces. */
export function indent(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}`).join('\n');
}
