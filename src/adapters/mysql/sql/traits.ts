/**
 * The kind of a statement, as the journal sees it:
 * - `control` begins or ends a transaction, says how it is isolated, or is about a savepoint; it has
 *   no number
 * - `session` provably changes nothing but the session: it is run again when a migration is resumed
 * - `locking` is LOCK TABLES, `unlocking` UNLOCK TABLES
 * - `read` provably changes nothing
 * - `write` changes rows, and is undone by a rollback
 * - `ddl` commits what came before it, and then itself
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

/** What a statement does with a prepared one. */
export interface PreparedStatement {
  readonly verb: 'PREPARE' | 'EXECUTE' | 'DEALLOCATE';
  /** In lower case. */
  readonly name: string;
}

/** Traits that a statement's text alone proves, on any server; what it cannot prove counts as the worst. */
export interface StatementTraits {
  readonly kind: StatementKind;
  /** Whether there is no statement in the text, only blanks and comments. */
  readonly isEmpty: boolean;
  /** Whether it calls a function that is not built in: a stored function may write. */
  readonly callsUnknown: boolean;
  /** Questions that it asks about the statement before it. */
  readonly asks: {
    readonly rowCount: boolean;
    readonly foundRows: boolean;
    readonly diagnostics: boolean;
    readonly insertId: boolean;
  };
  /** Whether LAST_INSERT_ID() may say something else after it. */
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
  /** Temporary tables that it makes or drops, in lower case and without their schema. */
  readonly temporary: readonly string[];
  /** The prepared statement that it makes, runs or drops, in lower case. */
  readonly prepared: PreparedStatement | undefined;
  /** Whether it has values that differ each time, such as NOW() and UUID(). */
  readonly isVolatile: boolean;
}
