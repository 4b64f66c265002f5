import type { TableDefinition } from '../table-definition.ts';

/** The columns of a table that an expression mentions. */
export function namesIn(expression: string, { columns }: TableDefinition): string[] {
  const lower = expression.toLowerCase();
  return columns.map(({ name }) => name).filter((name) => lower.includes(name.toLowerCase()));
}
