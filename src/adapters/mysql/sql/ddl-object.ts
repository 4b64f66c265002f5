import { isSymbol, type SqlToken } from './sql-tokens.ts';

/** An object of a DDL statement that SHOW CREATE can show. */
export interface DdlObject {
  readonly type: 'TABLE' | 'VIEW' | 'TRIGGER' | 'PROCEDURE' | 'FUNCTION' | 'EVENT' | 'SEQUENCE';
  /** If absent, the object is in the session's current database. */
  readonly schema?: string | undefined;
  readonly name: string;
  /** For a table: the names of its indexes and constraints before the migration changed it. */
  readonly names?: readonly string[] | undefined;
}

/** Reads the object whose name begins at this token, and the index of the token after the name. */
export function objectAt(
  tokens: readonly SqlToken[],
  at: number,
  type: DdlObject['type'],
): { object: DdlObject; next: number } | undefined {
  const first = nameOf(tokens[at]);
  if (first === undefined) return undefined;
  if (!isSymbol(tokens[at + 1], '.')) return { object: { type, name: first }, next: at + 1 };
  const second = nameOf(tokens[at + 2]);
  return second === undefined
    ? undefined
    : { object: { type, schema: first, name: second }, next: at + 3 };
}

/** A key for an object, which does not depend on quoting or case. */
export function objectKey({ type, schema = '', name }: DdlObject): string {
  return `${type} ${schema}.${name}`.toLowerCase();
}

function nameOf(token: SqlToken | undefined): string | undefined {
  return token?.kind === 'name' || token?.kind === 'word' ? token.text : undefined;
}
