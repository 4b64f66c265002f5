import {
  TENANT_COLUMN_NAMES,
  type TenantColumn,
  type TenantsQuery,
} from '../../../core/central/tenants-mapping.ts';
import { FanfoldError } from '../../../core/errors.ts';
import { activeWords } from './active-words.ts';
import type { CatalogConnection, ResultField } from './catalog-connection.ts';
import { isKeyKind } from './column-kind.ts';
import { tenantsColumnsMissing, tenantsKeyMissing, tenantsQueryInvalid } from './tenants-errors.ts';
import {
  type ColumnKind,
  quoteIdentifier,
  type SourceColumn,
  type SourceColumns,
  type TenantsSource,
} from './tenants-source.ts';

const SHOWN = 'the query central.tenants.query';

/** Blanks, brackets and comments, except comments that a server runs. */
const LEADING = /^(?:\s|\(|--[ \t].*|#.*|\/\*(?!!)[\s\S]*?\*\/)+/;

/** SQLSTATEs of errors that the query caused. Class 08 means that the server cannot be reached. */
const STATEMENT_ERROR = /^(?!08)[0-9A-Z]{5}$/;

/**
 * Tries the configured query. It is put in brackets as a derived table, which only a SELECT can be, and its
 * first row is read in a read-only transaction, which refuses functions that write, and FOR UPDATE.
 */
export async function examineQuery(
  catalog: CatalogConnection,
  mapping: TenantsQuery,
): Promise<TenantsSource> {
  const query = oneStatement(mapping.query);
  // The closing bracket is on a separate line, so that a trailing comment cannot hide it.
  const from = `(\n${query}\n) AS t`;
  const fields = await readFields(catalog, `SELECT * FROM ${from} LIMIT 1`);
  const columns = chooseColumns(fields);
  if (!isKeyKind(columns.id.kind)) {
    throw tenantsKeyMissing(SHOWN, columns.id.name, 'its type cannot be a key');
  }
  return {
    shown: SHOWN,
    from,
    columns,
    active: activeWords(columns.status, mapping.active),
    hasKey: false,
    hasUniqueSlug: false,
    hasListingIndex: false,
    readOnly: 'the tenants are read by central.tenants.query, and a query cannot be written to',
  };
}

/** The query without its trailing semicolon. Throws `TenantsQueryInvalid` if it is not a SELECT. */
function oneStatement(query: string): string {
  const text = query.trim().replace(/;\s*$/, '');
  const [word = ''] = /^[a-z]+/i.exec(text.replace(LEADING, '')) ?? [];
  if (!['SELECT', 'WITH', 'VALUES', 'TABLE'].includes(word.toUpperCase())) {
    throw tenantsQueryInvalid(
      word === '' ? 'it is empty.' : `it begins with ${word.toUpperCase()}.`,
    );
  }
  return text;
}

async function readFields(catalog: CatalogConnection, sql: string): Promise<ResultField[]> {
  await catalog.rows('START TRANSACTION READ ONLY');
  try {
    return await catalog.fields(sql);
  } catch (error) {
    if (error instanceof FanfoldError) throw error;
    const { sqlState, sqlMessage, message } = error as {
      sqlState?: string;
      sqlMessage?: string;
      message: string;
    };
    if (!STATEMENT_ERROR.test(sqlState ?? '')) throw error;
    throw tenantsQueryInvalid(oneLine(sqlMessage ?? message), error);
  } finally {
    await catalog.rows('ROLLBACK');
  }
}

function oneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, ' ');
}

function chooseColumns(fields: readonly ResultField[]): SourceColumns {
  const found: Partial<Record<TenantColumn, SourceColumn>> = {};
  const missing: { column: TenantColumn; wanted: string }[] = [];
  for (const column of TENANT_COLUMN_NAMES) {
    const field = fields.find(({ name }) => name.toLowerCase() === column.toLowerCase());
    if (field !== undefined) found[column] = sourceColumn(field);
    else if (column !== 'name' && column !== 'dbPort') missing.push({ column, wanted: column });
  }
  if (missing.length > 0) {
    throw tenantsColumnsMissing(
      SHOWN,
      missing,
      fields.map(({ name }) => name),
    );
  }
  return found as SourceColumns;
}

function sourceColumn({ name, type, isBinary, ignoresCase }: ResultField): SourceColumn {
  return { name, sql: `t.${quoteIdentifier(name)}`, kind: kindOf(type, isBinary), ignoresCase };
}

function kindOf(type: string, isBinary: boolean): ColumnKind {
  if (/^(?:TINY|SHORT|INT|INT24|LONG|BIGINT|YEAR)$/.test(type)) return 'integer';
  if (/DECIMAL$/.test(type)) return 'decimal';
  if (type === 'BIT') return 'bit';
  if (/CHAR|STRING|BLOB$|ENUM|SET/.test(type)) return isBinary ? 'bytes' : 'text';
  return 'other';
}
