import { isSymbol, type SqlToken } from './sql-tokens.ts';

/** Something that a DDL statement is about, and that SHOW CREATE shows. */
export interface DdlObject {
  readonly type: 'TABLE' | 'VIEW' | 'TRIGGER' | 'PROCEDURE' | 'FUNCTION' | 'EVENT' | 'SEQUENCE';
  /** `undefined`: the session's current database. */
  readonly schema?: string | undefined;
  readonly name: string;
  /** Of a table: names of its indexes and constraints before the migration came to it. */
  readonly names?: readonly string[] | undefined;
}

/** The object that is named at this token, and the index of the token after its name. */
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

/** One text for an object, the same however it is quoted or written in a session's own database. */
export function objectKey({ type, schema = '', name }: DdlObject): string {
  return `${type} ${schema}.${name}`.toLowerCase();
}

function nameOf(token: SqlToken | undefined): string | undefined {
  return token?.kind === 'name' || token?.kind === 'word' ? token.text : undefined;
}
