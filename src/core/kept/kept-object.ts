/** A dropped table or column whose values are kept aside in the tenant's database. */
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
}
