/** A row of `knex_migrations`, in the order of its id. */
export interface MigrationRow {
  /** As recorded, usually with an extension. */
  readonly name: string;
  readonly batch: number;
}

/** What a tenant's database says of its migrations. A missing table means none. */
export interface SchemaState {
  readonly rows: readonly MigrationRow[];
  /** Checksums that Fanfold recorded, by migration id. */
  readonly checksums: ReadonlyMap<string, string>;
}
