import { raw, type Sql, sqltag as sql } from '@prisma/client/runtime/client';
import { TENANT_STATUSES, type Tenant, type TenantStatus } from '../../../core/tenant.ts';
import { hasStatus, idText, USUAL_PORT } from './conditions.ts';
import type { SourceColumn, TenantsSource } from './tenants-source.ts';

/** A row of the user's; all that is not a flag is text, whatever types the columns have. */
export interface TenantRow {
  readonly id: string;
  readonly slug: string | null;
  readonly name: string | null;
  readonly status: string | null;
  /** The status as one of ours, where the server takes it for that. */
  readonly known: string | null;
  readonly dbHost: string | null;
  readonly dbPort: string | null;
  readonly dbName: string | null;
  readonly dbUser: string | null;
  readonly dbPassword: string | null;
}

/** What is kept of a tenant in the table of ours. */
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

/** What a query selects for {@link TenantRow}s. */
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
  // Bytes of a text: a ciphertext may stand in a VARBINARY.
  if (column.kind === 'bytes') return raw(`CONVERT(${column.sql} USING utf8mb4)`);
  return raw(`CAST(${column.sql} AS CHAR)`);
}

/**
 * Puts a tenant together from the user's row and ours. NULL counts as empty, which whoever connects
 * refuses by name; without a slug a tenant goes by its id.
 */
export function tenantOfRows(row: TenantRow, own: OwnRow | undefined): Tenant {
  const { migrationUser = null, migrationPassword = null } = own ?? {};
  const slug = row.slug ?? row.id;
  return {
    id: row.id,
    slug,
    name: row.name ?? slug,
    status: statusOf(row),
    address: {
      host: row.dbHost ?? '',
      port: row.dbPort === null ? USUAL_PORT : portOf(row.dbPort),
      database: row.dbName ?? '',
      user: row.dbUser ?? '',
    },
    encryptedPassword: row.dbPassword ?? '',
    ...((migrationUser !== null || migrationPassword !== null) && {
      // Half a login is passed on: whoever logs in has to say that it is one.
      migrationLogin: { user: migrationUser ?? '', encryptedPassword: migrationPassword ?? '' },
    }),
    schemaVersion: own?.schemaVersion ?? null,
    lastMigratedAt: own?.lastMigratedAt ?? null,
    lastRunId: own?.lastRunId ?? null,
  };
}

/**
 * A status that is not one of ours passes as it is: people should read what is stored. Only one that
 * would be taken for `ACTIVE` is shown as a quotation.
 */
function statusOf({ known, status }: TenantRow): TenantStatus {
  if (known !== null) return known as TenantStatus;
  const shown = status ?? '';
  return (shown === 'ACTIVE' ? '"ACTIVE"' : shown) as TenantStatus;
}

/** What is no port stays visible as 0, which nobody can connect to. */
function portOf(text: string): number {
  const port = Number(text);
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : 0;
}
