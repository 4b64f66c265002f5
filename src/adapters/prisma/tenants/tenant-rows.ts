import { raw, type Sql, sqltag as sql } from '@prisma/client/runtime/client';
import { TENANT_STATUSES, type Tenant, type TenantStatus } from '../../../core/tenant.ts';
import { DEFAULT_PORT, hasStatus, idText } from './conditions.ts';
import type { SourceColumn, TenantsSource } from './tenants-source.ts';

/** A row of the user's table. Every value is text, whatever the column's type. */
export interface ProductRow {
  readonly id: string;
  readonly slug: string | null;
  readonly name: string | null;
  readonly status: string | null;
  /** The matching Fanfold status, if the server's comparison finds one. */
  readonly known: string | null;
  readonly dbHost: string | null;
  readonly dbPort: string | null;
  readonly dbName: string | null;
  readonly dbUser: string | null;
  readonly dbPassword: string | null;
}

/** A tenant's row in `fanfold_tenants`. */
export interface OwnRow {
  readonly tenantId: string;
  readonly schemaVersion: string | null;
  readonly lastMigratedAt: Date | null;
  readonly lastRunId: string | null;
  readonly provisioning: string | null;
  readonly provisioningOf: string | null;
  readonly dbPasswordNext: string | null;
  readonly migrationUser: string | null;
  readonly migrationPassword: string | null;
}

/** The select list for {@link ProductRow}s. */
export function tenantColumns(source: TenantsSource): Sql {
  const { columns } = source;
  const known = TENANT_STATUSES.map(
    (status) => sql`WHEN ${hasStatus(source, status)} THEN ${raw(`'${status}'`)}`,
  );
  const { slug, status, dbHost, dbName, dbUser, dbPassword, name, dbPort } = columns;
  return sql`${idText(columns)} AS id, ${text(slug)} AS slug, ${text(name)} AS name,
    ${text(status)} AS status, CASE ${joined(known)} END AS known, ${text(dbHost)} AS dbHost,
    ${text(dbPort)} AS dbPort, ${text(dbName)} AS dbName, ${text(dbUser)} AS dbUser,
    ${text(dbPassword)} AS dbPassword`;
}

function joined(parts: readonly Sql[]): Sql {
  return parts.reduce((all, part) => sql`${all} ${part}`);
}

function text(column: SourceColumn | undefined): Sql {
  if (column === undefined) return raw('NULL');
  if (column.kind === 'bit') return raw(`CAST(${column.sql} + 0 AS CHAR)`);
  // The bytes are text: a VARBINARY may hold a ciphertext.
  if (column.kind === 'bytes') return raw(`CONVERT(${column.sql} USING utf8mb4)`);
  return raw(`CAST(${column.sql} AS CHAR)`);
}

/**
 * Builds a tenant from the user's row and its row in `fanfold_tenants`. NULL becomes an empty string,
 * which connecting rejects with a named error. A tenant without a slug uses its id as the slug.
 */
export function tenantOfRows(row: ProductRow, own: OwnRow | undefined): Tenant {
  const { migrationUser = null, migrationPassword = null } = own ?? {};
  const slug = row.slug ?? row.id;
  return {
    id: row.id,
    slug,
    name: row.name ?? slug,
    status: statusOf(row),
    address: {
      host: row.dbHost ?? '',
      port: row.dbPort === null ? DEFAULT_PORT : portOf(row.dbPort),
      database: row.dbName ?? '',
      user: row.dbUser ?? '',
    },
    encryptedPassword: row.dbPassword ?? '',
    ...((migrationUser !== null || migrationPassword !== null) && {
      // An incomplete login is passed on, so that connecting can report it.
      migrationLogin: { user: migrationUser ?? '', encryptedPassword: migrationPassword ?? '' },
    }),
    schemaVersion: own?.schemaVersion ?? null,
    lastMigratedAt: own?.lastMigratedAt ?? null,
    lastRunId: own?.lastRunId ?? null,
  };
}

/**
 * An unknown status is shown as it is stored. Only a stored `ACTIVE` that does not mean active gets
 * quotation marks, because it would be mistaken for the real one.
 */
function statusOf({ known, status }: ProductRow): TenantStatus {
  if (known !== null) return known as TenantStatus;
  const shown = status ?? '';
  return (shown === 'ACTIVE' ? '"ACTIVE"' : shown) as TenantStatus;
}

/** An invalid port becomes 0, which is visible and cannot be connected to. */
function portOf(text: string): number {
  const port = Number(text);
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : 0;
}
