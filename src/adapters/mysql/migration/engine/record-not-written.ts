/** A migration has completed, but the server refused its record. */
export class RecordNotWritten extends Error {
  /** The migration's id. */
  readonly migration: string;
  /** Whether the migration was rolled back with its record, and not only the record. */
  readonly isRolledBack: boolean;

  constructor(migration: string, cause: Error, isRolledBack: boolean) {
    super(`The record of ${migration} cannot be written.`, { cause });
    this.migration = migration;
    this.isRolledBack = isRolledBack;
  }
}
