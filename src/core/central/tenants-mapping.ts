/** Columns of the guide's table `tenants`, which are all that Fanfold reads of a tenant. */
export const TENANT_COLUMN_NAMES = [
  'id',
  'slug',
  'name',
  'status',
  'dbHost',
  'dbPort',
  'dbName',
  'dbUser',
  'dbPassword',
] as const;

/** One of the nine names that Fanfold has for columns. */
export type TenantColumn = (typeof TENANT_COLUMN_NAMES)[number];

/**
 * Values of the status that mean "this tenant is migrated". Default: `ACTIVE`. Numbers are written as
 * text: `'1'` for a column `is_active TINYINT(1)`.
 */
export type ActiveWords = string | readonly string[];

/** Names a table or view of the central database whose rows are the tenants. */
export interface TenantsTable {
  /** Name of a table or view, of the central database or written as `database.table`. Default: `tenants`. */
  readonly table: string;
  /**
   * The table's own names of the nine columns; a column that is absent here goes by ours. `name` may
   * name the same column as `slug`.
   */
  readonly columns?: Partial<Readonly<Record<TenantColumn, string>>> | undefined;
  readonly active?: ActiveWords | undefined;
}

/** Reads the tenants by a SELECT; nothing can be written then. */
export interface TenantsQuery {
  /** One SELECT that yields columns of the nine names. */
  readonly query: string;
  readonly active?: ActiveWords | undefined;
}

/** The mapping of the tenants in the central database: `central.tenants` of the configuration. */
export type TenantsMapping = TenantsTable | TenantsQuery;

/** The mapping if the configuration has none: the guide's table. */
export const GUIDE_TENANTS: TenantsTable = { table: 'tenants' };
