/** A migration has run to its end, and the server refused what was to say so. */
export class RecordNotWritten extends Error {
  /** Its id. */
  readonly migration: string;

  constructor(migration: string, cause: Error) {
    super(`The record of ${migration} cannot be written.`, { cause });
    this.migration = migration;
  }
}
