import { databaseQualifiers } from '../sql/database-qualifiers.ts';
import type { SqlToken } from '../sql/sql-tokens.ts';

/**
 * The databases besides `own` that a statement names before an object, as in `other.orders`. `information_schema`
 * only describes, so it does not count.
 */
export function otherDatabases(tokens: readonly SqlToken[], own: string): string[] {
  const names = databaseQualifiers(tokens).map((at) => tokens[at]?.text ?? '');
  return [...new Set(names.filter((name) => isOther(name, own)))];
}

function isOther(name: string, own: string): boolean {
  const lower = name.toLowerCase();
  return lower !== own.toLowerCase() && lower !== 'information_schema';
}
