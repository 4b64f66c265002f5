import type { Difference } from '../compare-shapes.ts';
import type { Shape, ShapeServer } from '../shape.ts';

/**
 * Why a difference from the scratch server may be one of the two servers, not of the tenant; `undefined` if it is
 * the tenant's.
 */
export function doubtOf(
  difference: Difference,
  expected: Shape,
  actual: Shape,
): string | undefined {
  const { kind, name, table, one, other } = difference;
  if (one === undefined || other === undefined) return undefined;
  if (
    kind === 'option' &&
    name === 'ROW_FORMAT' &&
    ![expected, actual].some(choosesFormat(table))
  ) {
    return 'innodb_default_row_format of the two servers may differ';
  }
  const withoutSettings = (text: string) => text.replace(/ (?:sql_mode|time_zone)=\S*/g, '');
  if (withoutSettings(one) === withoutSettings(other)) {
    return 'sql_mode or time_zone of the two servers may differ';
  }
  if (isSameVersion(expected.server, actual.server)) return undefined;
  if (plain(one) === plain(other)) return 'the two versions write this expression differently';
  if (withoutDefaults(one) === withoutDefaults(other)) {
    return 'the two versions have another default collation';
  }
  return undefined;
}

function choosesFormat(table: string | undefined) {
  return ({ statements }: Shape) =>
    statements.some(
      ({ kind, name, sql }) => kind === 'table' && name === table && /\) .*ROW_FORMAT=/.test(sql),
    );
}

/** Whether two servers write equal definitions equally: of one flavour, and of one major and minor version. */
export function isSameVersion(one: ShapeServer, other: ShapeServer): boolean {
  const release = ({ version }: ShapeServer) => version.split('.').slice(0, 2).join('.');
  return (
    one.isMariaDb === other.isMariaDb &&
    release(one) === release(other) &&
    one.lowerCaseTableNames === other.lowerCaseTableNames
  );
}

/** The text without what versions write or leave out: parentheses, introducers, spaces, widths and case. */
function plain(text: string): string {
  return withoutDefaults(text)
    .toLowerCase()
    .replace(/_(?:utf8mb4|utf8mb3|latin1|binary)(?=')/g, '')
    .replace(/\b(tinyint|smallint|mediumint|int|bigint)\(\d+\)/g, '$1')
    .replace(/[\s()`]/g, '');
}

/**
 * Default collations by server and version. MySQL: "Character Sets and Collations in MySQL" (utf8mb4_0900_ai_ci from
 * 8.0.1); MariaDB: "Character Set and Collation Overview" (utf8mb4_uca1400_ai_ci from 11.5).
 */
function withoutDefaults(text: string): string {
  return text.replace(
    /\b(utf8mb3|utf8mb4|ucs2|utf16|utf32)_(?:general_ci|0900_ai_ci|uca1400_ai_ci)\b/g,
    '$1 (default)',
  );
}
