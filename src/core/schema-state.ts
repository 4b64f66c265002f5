/** A row of `knex_migrations`, in the order of its id. */
export interface MigrationRow {
  /** As recorded, usually with an extension. */
  readonly name: string;
  readonly batch: number;
}

/** A migration that an earlier attempt has begun and not ended. */
export interface OpenMigration {
  readonly id: string;
  /** Whether its `up` or its `down` was under way. */
  readonly direction: 'up' | 'down';
  /** The run whose attempt has begun it, if the journal says so. */
  readonly runId?: string | undefined;
}

/** The migrations of a tenant's database, as its tables have them. A missing table means none. */
export interface SchemaState {
  readonly rows: readonly MigrationRow[];
  /** Checksums that Fanfold recorded, by migration id. */
  readonly checksums: ReadonlyMap<string, string>;
  /** Runs that applied a migration, by its id; plain Knex leaves no word of itself. */
  readonly appliedBy: ReadonlyMap<string, string>;
  /** Runs that rolled a migration back, by its id. */
  readonly revertedBy: ReadonlyMap<string, string>;
  /** Half-applied since an earlier attempt; its statements are in the journal. */
  readonly open: readonly OpenMigration[];
  /**
   * Ids of migrations that a run has applied which was killed and that this one continues. Known under
   * the fence only.
   */
  readonly continued?: ReadonlySet<string> | undefined;
}
