/** A dropped table or column, or rows that a backfill has changed, whose values are kept aside in the tenant's database. */
export interface KeptObject {
  /** The table that holds the values. */
  readonly name: string;
  readonly table: string;
  /** The dropped columns; none if the whole table was dropped. */
  readonly columns: readonly string[];
  readonly migration: string;
  readonly runId: string;
  readonly keptAt: Date;
  readonly rows: number;
  readonly bytes: number;
  /** When a rollback brought the values back; `undefined` if none did. */
  readonly restoredAt: Date | undefined;
  /** Set if the columns were not dropped, but changed by a backfill. */
  readonly isChanged?: true | undefined;
}
