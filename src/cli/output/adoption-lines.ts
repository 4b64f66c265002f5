import type { StatusCount } from '../../core/adoption/central-tables.ts';
import type { TriedPassword } from '../../core/adoption/try-passwords.ts';
import {
  TENANT_COLUMN_NAMES,
  type TenantColumn,
  type TenantsMapping,
} from '../../core/central/tenants-mapping.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import type { Look } from './look.ts';
import { printable } from './printable.ts';
import { wrapText } from './wrap-text.ts';

const INDENT = '   ';

/** The table of the tenants, its columns, and remarks about anything ambiguous. */
export function mappingLines(
  { table, mapping, usual, remarks }: MappingToShow,
  look: Look,
): string[] {
  const where = table === undefined ? 'read by the configured query' : `table ${table}`;
  return [
    ...wrap(`✅ Tenants: ${where}`, look),
    ...('query' in mapping ? [] : columnLines(mapping.columns ?? {}, usual, look)),
    ...remarks.flatMap((remark) => wrap(`⚠️  ${remark}`, look)).map(look.palette.warn),
  ];
}

interface MappingToShow {
  readonly table: string | undefined;
  readonly mapping: TenantsMapping;
  /** Columns that have Fanfold's names for them. */
  readonly usual: readonly TenantColumn[];
  readonly remarks: readonly string[];
}

function columnLines(
  columns: Readonly<Partial<Record<TenantColumn, string>>>,
  usual: readonly TenantColumn[],
  look: Look,
): string[] {
  const renamed = TENANT_COLUMN_NAMES.filter((name) => columns[name] !== undefined);
  if (renamed.length === 0) return [`${INDENT}All columns have their usual names.`];
  return [
    ...renamed.map((name) => `${INDENT}${name.padEnd(10)}  ${printable(columns[name] ?? '')}`),
    ...(usual.length === 0
      ? []
      : wrap(`${INDENT}With their usual names: ${usual.join(', ')}.`, look)),
  ];
}

/** The number of tenants by status, and which of them a run migrates. */
export function tenantCountLines(
  counts: readonly StatusCount[],
  active: readonly string[],
  look: Look,
): string[] {
  const isActive = ({ word }: StatusCount) => word !== null && active.includes(word);
  const sum = (some: readonly StatusCount[]) => some.reduce((all, each) => all + each.tenants, 0);
  const others = counts
    .filter((count) => !isActive(count))
    .map(({ word, tenants }) => `${word ?? 'not set'} ${formatCount(tenants)}`);
  const taken = `${countOf(sum(counts), 'tenant')}, ${formatCount(sum(counts.filter(isActive)))} active (${active.join(', ')})`;
  const rest = others.length === 0 ? '' : `; not migrated: ${others.join(', ')}`;
  return wrap(`📋 ${taken}${rest}`, look);
}

/** Whether the key decrypts the passwords, with the reason for each failure. */
export function passwordLines(tried: readonly TriedPassword[], look: Look): string[] {
  const failed = tried.filter(({ error }) => error !== undefined);
  const opened = tried.length - failed.length;
  const line = `Decrypted ${opened} of ${countOf(tried.length, 'password')} with DB_ENCRYPTION_KEY`;
  if (failed.length === 0) return wrap(`✅ ${line}`, look);
  return [
    ...wrap(`❌ ${line}`, look).map(look.palette.bad),
    ...failed.flatMap(({ tenant, error }) =>
      wrap(`${INDENT}${tenant.slug}: ${error?.message ?? ''}`, look),
    ),
    ...wrap(`${INDENT}Next: ${failed[0]?.error?.nextStep ?? ''}`, look),
  ];
}

function wrap(text: string, look: Look): string[] {
  return wrapText(printable(text), look.width, INDENT);
}
