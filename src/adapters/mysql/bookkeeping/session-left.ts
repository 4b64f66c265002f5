/** The parts of an ended session that cannot be restored. All names are in lower case. */
export interface LostSession {
  readonly variables: readonly string[];
  readonly temporary: readonly string[];
  readonly prepared: readonly string[];
}

/** The settings and objects that a migration has left in its session for the migrations after it, as plain data. */
export interface SessionLeft extends LostSession {
  /** The statements that set system variables, in order. They contain no data of the migration. */
  readonly settings: readonly string[];
}
