import {
  TENANT_COLUMN_NAMES,
  type TenantColumn,
  type TenantsQuery,
} from '../../../core/central/tenants-mapping.ts';
import { FanfoldError } from '../../../core/errors.ts';
import { activeWords } from './active-words.ts';
import { isKeyKind } from './column-kind.ts';
import type { Look, LookField } from './look.ts';
import { tenantsColumnsMissing, tenantsKeyMissing, tenantsQueryInvalid } from './tenants-errors.ts';
import {
  type ColumnKind,
  quoted,
  type SourceColumn,
  type SourceColumns,
  type TenantsSource,
} from './tenants-source.ts';

const SHOWN = 'the query central.tenants.query';

/** Blanks, brackets and comments, but for those that a server runs. */
const LEADING = /^(?:\s|\(|--[ \t].*|#.*|\/\*(?!!)[\s\S]*?\*\/)+/;

/** Errors of a server that cannot be reached, which are none of the query's. */
const STATEMENT_ERROR = /^(?!08)[0-9A-Z]{5}$/;

/**
 * Tries the query of a configuration. It stands in brackets where only a SELECT may, and its first row is
 * read in a transaction that may not write: what it calls is refused if it writes, and so is FOR UPDATE.
 */
export async function examineQuery(look: Look, mapping: TenantsQuery): Promise<TenantsSource> {
  const query = oneStatement(mapping.query);
  // On a line of its own the bracket does not end up in a comment.
  const from = `(\n${query}\n) AS t`;
  const fields = await readFields(look, `SELECT * FROM ${from} LIMIT 1`);
  const columns = chooseColumns(fields);
  if (!isKeyKind(columns.id.kind)) {
    throw tenantsKeyMissing(SHOWN, columns.id.name, 'its type is no key');
  }
  return {
    shown: SHOWN,
    from,
    columns,
    active: activeWords(columns.status, mapping.active),
    hasKey: false,
    hasUniqueSlug: false,
    hasListingIndex: false,
    readOnly: 'the tenants are read by central.tenants.query, and a query takes nothing',
  };
}

/** Without the semicolon at its end. */
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

async function readFields(look: Look, sql: string): Promise<LookField[]> {
  await look.rows('START TRANSACTION READ ONLY');
  try {
    return await look.fields(sql);
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
    await look.rows('ROLLBACK');
  }
}

function oneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, ' ');
}

function chooseColumns(fields: readonly LookField[]): SourceColumns {
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

function sourceColumn({ name, type, isBinary, ignoresCase }: LookField): SourceColumn {
  return { name, sql: `t.${quoted(name)}`, kind: kindOf(type, isBinary), ignoresCase };
}

function kindOf(type: string, isBinary: boolean): ColumnKind {
  if (/^(?:TINY|SHORT|INT|INT24|LONG|BIGINT|YEAR)$/.test(type)) return 'integer';
  if (/DECIMAL$/.test(type)) return 'decimal';
  if (type === 'BIT') return 'bit';
  if (/CHAR|STRING|BLOB$|ENUM|SET/.test(type)) return isBinary ? 'bytes' : 'text';
  return 'other';
}
