import type { TenantsMapping } from '../central/tenants-mapping.ts';

/** A table or view of the central database, as `information_schema` describes it. */
export interface CentralTable {
  readonly name: string;
  readonly isView: boolean;
  /** In the table's own order. */
  readonly columns: readonly CentralColumn[];
  /** Columns of the primary key; none for a view. */
  readonly primaryKey: readonly string[];
  /** Columns that an index makes unique by themselves, the primary key among them. */
  readonly uniqueColumns: readonly string[];
  readonly references: readonly ColumnReference[];
}

export interface CentralColumn {
  readonly name: string;
  /** Lower case, without length: `varchar`, `enum`, `tinyint`. */
  readonly type: string;
  /** The values of an ENUM, in its order; empty for every other type. */
  readonly words: readonly string[];
}

/** A foreign key of one column. */
export interface ColumnReference {
  readonly column: string;
  readonly table: string;
  readonly key: string;
}

/** The number of tenants with a status, as text; `null` is a status that is not set. */
export interface StatusCount {
  readonly word: string | null;
  readonly tenants: number;
}

/** Looks at a central database of which nothing is known yet. */
export interface CentralTables {
  /** Name of the database. */
  readonly database: string;
  readonly tables: readonly CentralTable[];
  /** Statuses by number of tenants, the most frequent first; at most 50. */
  countStatuses(mapping: TenantsMapping): Promise<StatusCount[]>;
}
