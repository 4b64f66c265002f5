import { serverName, type Tenant } from '../../core/tenant.ts';
import { fitToWidth } from './cut-to-width.ts';
import type { Look } from './look.ts';
import { printable } from './printable.ts';

/** Column widths on a terminal of 80 columns; a wider one gives the rest to slug and database. */
const STATUS = 12;
const SLUG = 20;
const DATABASE = 22;
const USUAL = 80;
const GAP = '  ';

/** The heading of the table of tenants. */
export function tenantTableHead(look: Look): string[] {
  return [look.palette.strong(row(['SLUG', 'STATUS', 'DATABASE', 'SERVER'], look))];
}

/**
 * One tenant as a row. Rows are printed as they are read, so column widths cannot depend on their contents.
 * Without a terminal nothing is cut, and columns are separated by tabs.
 */
export function tenantTableRow(tenant: Tenant, look: Look): string {
  const { slug, status, address } = tenant;
  return row([slug, status, address.database, serverName(address)], look);
}

function row(cells: readonly [string, string, string, string], look: Look): string {
  const [slug, status, database, server] = cells.map(printable) as [string, string, string, string];
  if (!Number.isFinite(look.width)) return [slug, status, database, server].join('\t');
  const more = Math.max(0, Math.floor((look.width - USUAL) / 3));
  const widths = [SLUG + more, STATUS, DATABASE + more] as const;
  const used = widths.reduce((sum, width) => sum + width + GAP.length, 0);
  return [
    fitToWidth(slug, widths[0]),
    fitToWidth(status, widths[1]),
    fitToWidth(database, widths[2]),
    fitToWidth(server, Math.max(8, look.width - used)).trimEnd(),
  ].join(GAP);
}
