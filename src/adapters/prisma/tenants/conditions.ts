import { empty, join, raw, type Sql, sqltag as sql } from '@prisma/client/runtime/client';
import { parseHostFilter } from '../../../core/list/host-filter.ts';
import { isNumberKind } from './column-kind.ts';
import type { SourceColumn, TenantsSource } from './tenants-source.ts';

/** A condition that no row meets. */
const NEVER = sql`1 = 0`;

/** The port of a row without one: MySQL's default. */
export const DEFAULT_PORT = 3306;

const WHOLE = /^(?:0|-?[1-9]\d{0,19})$/;
const DECIMAL = /^-?\d{1,65}(?:\.\d{1,30})?$/;
const BYTES = /^(?:[0-9a-f]{2})+$/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** An id as text, the same for every row and every server. */
export function idText({ id }: TenantsSource['columns']): Sql {
  return id.kind === 'bytes' ? raw(`LOWER(HEX(${id.sql}))`) : raw(`CAST(${id.sql} AS CHAR)`);
}

/**
 * An id as a value of the column's own type, so that comparisons use the index and its order; `undefined`
 * for a text that no row can have as its id. Numbers become part of the statement, because a parameter
 * that exceeds JavaScript's number range would be rounded.
 */
export function idValue({ id }: TenantsSource['columns'], text: string): Sql | undefined {
  switch (id.kind) {
    case 'integer':
      return WHOLE.test(text) ? raw(text) : undefined;
    case 'decimal':
      return DECIMAL.test(text) ? raw(text) : undefined;
    case 'bytes':
      return BYTES.test(text) ? raw(`x'${text}'`) : undefined;
    case 'uuid':
      return UUID.test(text) ? sql`${text}` : undefined;
    default:
      return sql`${text}`;
  }
}

/** Matches one tenant by its id. */
export function hasId({ columns }: TenantsSource, id: string): Sql {
  const value = idValue(columns, id);
  return value === undefined ? NEVER : sql`${raw(columns.id.sql)} = ${value}`;
}

/** Matches tenants with any of the ids. */
export function hasIdAmong({ columns }: TenantsSource, ids: readonly string[]): Sql {
  const values = ids.map((id) => idValue(columns, id)).filter((value) => value !== undefined);
  return values.length === 0 ? NEVER : sql`${raw(columns.id.sql)} IN (${join(values)})`;
}

/** Matches ids that sort after `after`; all ids if that is empty. */
export function hasIdAfter({ columns }: TenantsSource, after: string): Sql {
  const value = after === '' ? undefined : idValue(columns, after);
  return value === undefined ? sql`1 = 1` : sql`${raw(columns.id.sql)} > ${value}`;
}

/** Matches tenants with this status under the column's collation; `ACTIVE` means any of the mapped values. */
export function hasStatus({ columns, active }: TenantsSource, status: string): Sql {
  const column = columns.status;
  const words = status === 'ACTIVE' ? active : [status];
  const fitting = isNumberKind(column.kind)
    ? words.filter((word) => DECIMAL.test(word)).map((word) => raw(word))
    : words.map((word) => sql`${word}`);
  if (fitting.length === 0) return NEVER;
  return sql`${statusValue(column)} IN (${join(fitting)})`;
}

/** A BIT column becomes a number only in a calculation. */
function statusValue(column: SourceColumn): Sql {
  return raw(column.kind === 'bit' ? `(${column.sql} + 0)` : column.sql);
}

/** Matches tenants on these hosts (`host` or `host:port`); no condition if there is no filter. */
export function isOnHosts(
  { columns }: TenantsSource,
  hosts: readonly string[] | undefined,
): Sql | undefined {
  if (hosts === undefined) return undefined;
  if (hosts.length === 0) return NEVER;
  const host = columns.dbHost.ignoresCase
    ? raw(columns.dbHost.sql)
    : raw(`LOWER(CONVERT(${columns.dbHost.sql} USING utf8mb4))`);
  const each = hosts.map((text) => {
    const { host: name, port } = parseHostFilter(text);
    const isThere = sql`${host} = ${columns.dbHost.ignoresCase ? name : name.toLowerCase()}`;
    return port === undefined ? isThere : sql`(${isThere} AND ${hasPort(columns, port)})`;
  });
  return sql`(${join(each, ' OR ')})`;
}

function hasPort({ dbPort }: TenantsSource['columns'], port: number): Sql {
  if (dbPort === undefined) return port === DEFAULT_PORT ? sql`1 = 1` : NEVER;
  const is = sql`${raw(dbPort.sql)} = ${port}`;
  return port === DEFAULT_PORT ? sql`(${is} OR ${raw(dbPort.sql)} IS NULL)` : is;
}

/** Joins the defined conditions with AND; `undefined` if there are none. */
export function all(conditions: readonly (Sql | undefined)[]): Sql | undefined {
  const given = conditions.filter((condition) => condition !== undefined);
  return given.length === 0 ? undefined : join(given, ' AND ');
}

/** A WHERE clause of the defined conditions; empty if there are none. */
export function where(...conditions: readonly (Sql | undefined)[]): Sql {
  const condition = all(conditions);
  return condition === undefined ? empty : sql`WHERE ${condition}`;
}
