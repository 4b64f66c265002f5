import type { Ddl } from '../sql/ddl.ts';
import type { DdlClause } from '../sql/ddl-clauses.ts';
import { type TableParts, tableParts } from './object-state.ts';

/** Whether an effect exists: completely, not at all, partly, or undetermined because names are unknown. */
export type EffectStanding = 'there' | 'not there' | 'in part' | 'cannot be told';

/**
 * Whether the database has the effect of a DDL statement. `definitions` are those of its objects, in order,
 * `undefined` for a missing object. For an ALTER every clause counts, except clauses that only redefine a
 * column or the table, which prove nothing.
 */
export function effectOf(ddl: Ddl, definitions: readonly (string | undefined)[]): EffectStanding {
  const [first, second] = definitions;
  switch (ddl.effect) {
    case 'create':
      if (first === undefined) return 'not there';
      return hasColumns(ddl.columns, first) ? 'there' : 'in part';
    case 'drop':
      if (definitions.every((definition) => definition === undefined)) return 'there';
      return definitions.includes(undefined) ? 'in part' : 'not there';
    case 'rename':
      if (first === undefined) return second === undefined ? 'in part' : 'there';
      return second === undefined ? 'not there' : 'in part';
    case 'alter':
      return first === undefined ? 'in part' : effectOfClauses(ddl.clauses, tableParts(first));
    case 'repeatable':
      return 'not there';
  }
}

/** Whether a table has exactly these columns; otherwise somebody else created it. */
function hasColumns(columns: readonly string[] | undefined, definition: string): boolean {
  if (columns === undefined) return true;
  const actual = tableParts(definition).columns;
  return columns.length === actual.size && columns.every((name) => actual.has(name.toLowerCase()));
}

function effectOfClauses(clauses: readonly DdlClause[], parts: TableParts): EffectStanding {
  if (clauses.some((clause) => clause.does === 'add' && clause.what === 'unnamed'))
    return 'cannot be told';
  const told = clauses.map((clause) => isTrue(clause, parts)).filter((held) => held !== undefined);
  if (told.every((held) => held)) return 'there';
  return told.some((held) => held) ? 'in part' : 'not there';
}

/** Whether the clause has taken effect; `undefined` if names do not show it. */
function isTrue(clause: DdlClause, parts: TableParts): boolean | undefined {
  const { columns, keys, constraints, hasPrimaryKey } = parts;
  if (clause.does === 'set' || clause.does === 'redefine' || clause.what === 'unnamed')
    return undefined;
  if (clause.what === 'primary key') return hasPrimaryKey === (clause.does === 'add');
  const held = clause.what === 'column' ? columns : clause.what === 'key' ? keys : constraints;
  const has = (name: string) =>
    held.has(name.toLowerCase()) || (clause.what === 'constraint' && keys.has(name.toLowerCase()));
  if (clause.does === 'rename') return has(clause.to) && !has(clause.name);
  return has(clause.name) === (clause.does === 'add');
}
