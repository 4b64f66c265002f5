import { escape as quoted } from 'mysql2';

/**
 * The value that existing rows get from a new column, as SQL: its default, NULL, or what the type has instead of a
 * value. MariaDB shows defaults as SQL; MySQL shows a literal without quotes, and an expression with a mark.
 */
export function defaultSql(
  row: Readonly<Record<string, unknown>>,
  { isNullable, isMariaDb }: { readonly isNullable: boolean; readonly isMariaDb: boolean },
): string {
  const { column_default: given, column_type: type } = row;
  if (given === null || given === undefined)
    return isNullable ? 'NULL' : implicitDefault(`${type}`);
  const text = String(given);
  if (isMariaDb) return text;
  if (/^(?:current_timestamp|now)\b/i.test(text) || /^[bx]'/i.test(text)) return text;
  const isExpression = `${row.extra}`.toLowerCase().includes('default_generated');
  return isExpression ? text.replace(/\\(.)/gs, '$1') : quoted(text);
}

/** The value of a NOT NULL column without a default. */
function implicitDefault(type: string): string {
  if (/^enum\(/i.test(type)) return /^enum\(('(?:[^']|'')*')/i.exec(type)?.[1] ?? "''";
  if (/^(?:date|datetime|timestamp)\b/i.test(type)) return "'0000-00-00'";
  if (/^time\b/i.test(type)) return "'00:00:00'";
  if (/^json\b/i.test(type)) return "CAST('null' AS JSON)";
  return /^(?:\w*int|integer|decimal|float|double|bit|year)\b/i.test(type) ? '0' : "''";
}
