import { enumMembers } from '../../../core/text/enum-members.ts';
import type { TableColumn } from './table-column.ts';
import type { SourceColumns, Stamp, StatusRoom, WriteTarget } from './tenants-source.ts';
import { quoteIdentifier } from './tenants-source.ts';

const CREATED = ['createdat', 'created_at'];
const UPDATED = ['updatedat', 'updated_at'];

/** Characters of a UUID. */
const UUID_LENGTH = 36;

/** Finds out from the columns of a table how to write to it. */
export function writeTarget(
  all: readonly TableColumn[],
  columns: SourceColumns,
): Omit<WriteTarget, 'table'> {
  const createdAt = stampOf(all, CREATED);
  const updatedAt = stampOf(all, UPDATED);
  const ours = new Set(Object.values(columns).map((column) => column?.name));
  const status = all.find(({ name }) => name === columns.status.name);
  return {
    status: status === undefined ? {} : roomOf(status),
    newId: newIdOf(all.find(({ name }) => name === columns.id.name)),
    createdAt,
    updatedAt,
    requiredColumns: all
      .filter(
        (column) =>
          !column.isNullable &&
          !column.hasDefault &&
          !isComputed(column) &&
          !column.extra.includes('auto_increment') &&
          !ours.has(column.name) &&
          ![createdAt?.sql, updatedAt?.sql].includes(quoteIdentifier(column.name)),
      )
      .map(({ name }) => name),
  };
}

/**
 * The product fills Prisma's `@updatedAt` and Knex's `timestamps()`, often without a default in the
 * database, so Fanfold must fill them too. A DATETIME gets UTC, as Prisma reads it; a TIMESTAMP is a
 * point in time in any time zone.
 */
function stampOf(all: readonly TableColumn[], names: readonly string[]): Stamp | undefined {
  const column = all.find(({ name }) => names.includes(name.toLowerCase()));
  if (column === undefined || isComputed(column)) return undefined;
  const [, digits = '0'] = /\((\d)\)/.exec(column.columnType) ?? [];
  switch (column.dataType) {
    case 'timestamp':
      return { sql: quoteIdentifier(column.name), now: `CURRENT_TIMESTAMP(${digits})` };
    case 'datetime':
      return { sql: quoteIdentifier(column.name), now: `UTC_TIMESTAMP(${digits})` };
    default:
      return undefined;
  }
}

function isComputed({ extra }: TableColumn): boolean {
  return /\b(?:virtual|stored|persistent)\b/.test(extra);
}

function roomOf({ dataType, columnType, length }: TableColumn): StatusRoom {
  if (dataType === 'enum') return { words: enumMembers(columnType) };
  const isText = ['char', 'varchar'].includes(dataType);
  if (isText) return { length };
  return /text$/.test(dataType) ? {} : { words: [] };
}

function newIdOf(id: TableColumn | undefined): WriteTarget['newId'] {
  if (id === undefined) return 'none';
  if (id.extra.includes('auto_increment')) return 'counted';
  if (id.dataType === 'uuid') return 'uuid';
  if (/binary$/.test(id.dataType)) return (id.length ?? 0) === 16 ? 'uuid-bytes' : 'none';
  const isText = /char$|text$/.test(id.dataType);
  return isText && (id.length ?? 0) >= UUID_LENGTH ? 'uuid' : 'none';
}
