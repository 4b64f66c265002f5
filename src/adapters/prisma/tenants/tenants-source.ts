import type { TenantColumn } from '../../../core/central/tenants-mapping.ts';

/** How values of a column are compared, and written as text. */
export type ColumnKind = 'text' | 'uuid' | 'integer' | 'decimal' | 'bit' | 'bytes' | 'other';

/** A column that stands for one of the nine names. */
export interface SourceColumn {
  /** As the database has it. */
  readonly name: string;
  /** Quoted, behind the alias `t` of the rows. */
  readonly sql: string;
  readonly kind: ColumnKind;
  /** Whether its collation takes `DB1` for `db1`. */
  readonly ignoresCase: boolean;
}

/** Where tenants are read: a table, a view or a query that was looked at and fits. */
export interface TenantsSource {
  /** For people: `the table "tenants"`. */
  readonly shown: string;
  /** Quoted or in brackets, with the alias `t`. */
  readonly from: string;
  /** `name` and `dbPort` may be absent: then the slug and 3306 stand for them. */
  readonly columns: SourceColumns;
  /** Words of the status that mean `ACTIVE`; at least one. */
  readonly active: readonly string[];
  /** Whether a key sees to it that no two rows have one id, and none has no id. */
  readonly hasKey: boolean;
  readonly hasUniqueSlug: boolean;
  /** Whether an index holds status, host, port and id, in this order. */
  readonly hasListingIndex: boolean;
  /** Absent where nothing can be written. */
  readonly target?: WriteTarget | undefined;
  /** Why nothing can be written, if there is no target. */
  readonly readOnly?: string | undefined;
}

export type SourceColumns = Readonly<
  Record<Exclude<TenantColumn, 'name' | 'dbPort'>, SourceColumn> &
    Partial<Record<'name' | 'dbPort', SourceColumn | undefined>>
>;

/** What is known of a table or view for writing. */
export interface WriteTarget {
  /** Quoted. */
  readonly table: string;
  readonly status: StatusRoom;
  /** Who makes the id of a new row: the database counts, Fanfold makes a UUID, or neither can. */
  readonly newId: 'counted' | 'uuid' | 'uuid-bytes' | 'none';
  /** Columns that note when a row was made or changed, with what they are set to. */
  readonly createdAt?: Stamp | undefined;
  readonly updatedAt?: Stamp | undefined;
  /** Columns that have to be given a value and are none of ours. */
  readonly demanded: readonly string[];
}

/** Which words a status column takes. */
export interface StatusRoom {
  /** Of an ENUM; absent where any word will do. */
  readonly words?: readonly string[] | undefined;
  /** In characters. */
  readonly length?: number | undefined;
}

/** A column for a point in time. */
export interface Stamp {
  /** Quoted, without alias. */
  readonly sql: string;
  /** An expression. */
  readonly now: string;
}

/** A name in backticks. */
export function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}
