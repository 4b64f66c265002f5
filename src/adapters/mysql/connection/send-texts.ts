import type { Connection, QueryResult } from 'mysql2';
import { query } from './query.ts';
import type { SqlText } from './sql-text.ts';

/** Sends several statements in one packet. */
export function sendTexts<Result extends QueryResult>(
  connection: Connection,
  texts: readonly SqlText[],
): Promise<Result> {
  return query<Result>(
    connection,
    texts.map(({ sql }) => sql).join(';\n'),
    texts.flatMap(({ values }) => values),
  );
}
