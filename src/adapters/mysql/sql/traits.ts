/**
 * The kind of a statement for the journal:
 * - `control` begins or ends a transaction, sets its isolation, or concerns a savepoint; it has no number
 * - `session` provably changes only the session: it runs again when a migration is resumed
 * - `locking` is LOCK TABLES, `unlocking` UNLOCK TABLES
 * - `read` provably changes nothing
 * - `write` changes rows, and a rollback undoes it
 * - `ddl` commits the open transaction, and then itself
 * - `opaque` may do anything, such as CALL
 * - `refused` cannot be run under the journal: XA
 */
export type StatementKind =
  | 'control'
  | 'session'
  | 'locking'
  | 'unlocking'
  | 'read'
  | 'write'
  | 'ddl'
  | 'opaque'
  | 'refused';

/** The prepared statement that a statement handles, and how. */
export interface PreparedStatement {
  readonly verb: 'PREPARE' | 'EXECUTE' | 'DEALLOCATE';
  /** In lower case. */
  readonly name: string;
}

/** Traits that a statement's text proves on every server; if it proves nothing, the worst is assumed. */
export interface StatementTraits {
  readonly kind: StatementKind;
  /** Whether the text has only blanks and comments. */
  readonly isEmpty: boolean;
  /** Whether it calls a function that is not built in: a stored function may write. */
  readonly callsUnknown: boolean;
  /** The facts about the previous statement that it reads. */
  readonly asks: {
    readonly rowCount: boolean;
    readonly foundRows: boolean;
    readonly diagnostics: boolean;
    readonly insertId: boolean;
  };
  /** Whether it may change LAST_INSERT_ID(). */
  readonly setsInsertId: boolean;
  /** User variables, in lower case and without `@`. An opaque statement may read and set others too. */
  readonly readsVariables: readonly string[];
  readonly setsVariables: readonly string[];
  /** Whether it may change the session's `sql_mode`. */
  readonly changesSqlMode: boolean;
  readonly changesAutocommit: boolean;
  readonly changesDatabase: boolean;
  /** Whether it may take or release advisory locks. */
  readonly touchesLocks: boolean;
  /** Temporary tables that it creates or drops, in lower case and without their schema. */
  readonly temporary: readonly string[];
  /** The prepared statement that it creates, runs or drops, in lower case. */
  readonly prepared: PreparedStatement | undefined;
  /** Whether it has values that differ with each execution, such as NOW() and UUID(). */
  readonly isVolatile: boolean;
}
