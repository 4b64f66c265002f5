/** Parts of an ended session that cannot be brought back. All names in lower case. */
export interface LostSession {
  readonly variables: readonly string[];
  readonly temporary: readonly string[];
  readonly prepared: readonly string[];
}

/** Settings and objects that a migration has left in its session, for the migrations after it: plain data. */
export interface SessionLeft extends LostSession {
  /** Statements that set system variables, in order. They hold no values of the migration's data. */
  readonly settings: readonly string[];
}
