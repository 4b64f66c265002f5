import type { TenantColumn } from '../../../core/central/tenants-mapping.ts';

/** Determines how values of a column are compared and written as text. */
export type ColumnKind = 'text' | 'uuid' | 'integer' | 'decimal' | 'bit' | 'bytes' | 'other';

/** A column of the user's that holds one of the nine values of a tenant. */
export interface SourceColumn {
  /** As the database spells it. */
  readonly name: string;
  /** Quoted, and prefixed with the alias `t`. */
  readonly sql: string;
  readonly kind: ColumnKind;
  /** Whether its collation treats `DB1` and `db1` as equal. */
  readonly ignoresCase: boolean;
}

/** The source of tenants: a table, a view or a query that was examined and fits. */
export interface TenantsSource {
  /** For people: `the table "tenants"`. */
  readonly shown: string;
  /** Quoted or in brackets, with the alias `t`. */
  readonly from: string;
  /** `name` and `dbPort` may be absent; they default to the slug and to 3306. */
  readonly columns: SourceColumns;
  /** Stored statuses that mean `ACTIVE`; at least one. */
  readonly active: readonly string[];
  /** Whether a key guarantees that ids are unique and not NULL. */
  readonly hasKey: boolean;
  readonly hasUniqueSlug: boolean;
  /** Whether there is an index on status, host, port and id, in this order. */
  readonly hasListingIndex: boolean;
  /** Absent if nothing can be written. */
  readonly target?: WriteTarget | undefined;
  /** Why nothing can be written, if there is no target. */
  readonly readOnly?: string | undefined;
}

export type SourceColumns = Readonly<
  Record<Exclude<TenantColumn, 'name' | 'dbPort'>, SourceColumn> &
    Partial<Record<'name' | 'dbPort', SourceColumn | undefined>>
>;

/** Facts about a table or view that are needed for writing to it. */
export interface WriteTarget {
  /** Quoted. */
  readonly table: string;
  readonly status: StatusRoom;
  /** The origin of a new row's id: the database counts, Fanfold generates a UUID, or neither is possible. */
  readonly newId: 'counted' | 'uuid' | 'uuid-bytes' | 'none';
  /** Columns for the time at which a row was created or changed. */
  readonly createdAt?: Stamp | undefined;
  readonly updatedAt?: Stamp | undefined;
  /** Columns that need a value and that the mapping does not cover. */
  readonly requiredColumns: readonly string[];
}

/** The values that a status column accepts. */
export interface StatusRoom {
  /** The members of an ENUM; absent if any text is accepted. */
  readonly words?: readonly string[] | undefined;
  /** In characters. */
  readonly length?: number | undefined;
}

/** A column for a point in time. */
export interface Stamp {
  /** Quoted, without alias. */
  readonly sql: string;
  /** An SQL expression for the current time. */
  readonly now: string;
}

/** A name in backticks. */
export function quoteIdentifier(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}
