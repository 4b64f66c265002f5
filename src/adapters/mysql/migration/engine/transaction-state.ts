import { SERVER_STATUS } from '../../../server/server-status.ts';

/**
 * The transaction that is open on the fenced connection:
 * - `none`: no transaction is open
 * - `ours`: it has only Fanfold's rows, such as Knex's lock
 * - `single`: it has statements that commit themselves under plain Knex; their COMMIT is part of the next
 *   packet, so that nothing is sent between a statement and the next one that asks about it
 * - `migration`: the migration has started it
 * - `unknown`: a statement failed that may have committed, which the error does not show
 */
export type OpenTransaction = 'none' | 'ours' | 'single' | 'migration' | 'unknown';

/** The state of transactions on the connection. Immutable; {@link nextState} returns the next state. */
export interface TransactionState {
  readonly open: OpenTransaction;
  /** For `unknown`: the open transaction if the failed statement did not commit. */
  readonly otherwise: OpenTransaction;
  /** The statement with which the migration started a transaction; it is sent when another statement needs it. */
  readonly wanted: string | undefined;
  /** The migration's SET TRANSACTION for its next transaction. */
  readonly isolation: string | undefined;
  /** Whether the transaction is read-only, also for the journal. */
  readonly readsOnly: boolean;
  /** Whether a statement outside of a transaction commits itself. */
  readonly autocommit: boolean;
  /** Whether tables are locked (LOCK TABLES), so that the journal cannot be written. */
  readonly tablesLocked: boolean;
}

/** An event that concerns transactions on the connection. */
export type TransactionEvent =
  /** The migration starts a transaction with this statement. Nothing has been sent. */
  | { readonly type: 'wanted'; readonly sql: string }
  /** The migration ended its transaction. */
  | { readonly type: 'unwanted' }
  /** SET TRANSACTION for the next transaction. Nothing has been sent. */
  | { readonly type: 'isolated'; readonly sql: string | undefined }
  /** START TRANSACTION or BEGIN has run. */
  | { readonly type: 'opened'; readonly open: 'ours' | 'single' | 'migration' }
  /** The server answered with this status of the session (bits of SERVER_STATUS). */
  | { readonly type: 'answered'; readonly status: number }
  | { readonly type: 'committed' }
  | { readonly type: 'rolled back' }
  /** A statement failed that may have committed the open transaction. */
  | { readonly type: 'failed'; readonly otherwise: OpenTransaction }
  /** The server reported that the open transaction is read-only. */
  | { readonly type: 'found read-only' }
  | { readonly type: 'tables locked' }
  | { readonly type: 'tables unlocked' }
  /** Another migration starts on the same connection. */
  | { readonly type: 'migration started' };

/** The state after the locks were taken, when the row of Knex's lock is not committed yet. */
export const LOCKS_TAKEN: TransactionState = {
  open: 'ours',
  otherwise: 'ours',
  wanted: undefined,
  isolation: undefined,
  readsOnly: false,
  autocommit: true,
  tablesLocked: false,
};

/** The state after an event. */
export function nextState(state: TransactionState, event: TransactionEvent): TransactionState {
  switch (event.type) {
    case 'wanted':
      return { ...state, wanted: event.sql };
    case 'unwanted':
      return { ...state, wanted: undefined };
    case 'isolated':
      return { ...state, isolation: event.sql };
    case 'opened':
      return opened(state, event.open);
    case 'answered':
      return answered(state, event.status);
    case 'committed':
    case 'rolled back':
      return { ...state, open: 'none', readsOnly: false };
    case 'failed':
      return { ...state, open: 'unknown', otherwise: event.otherwise };
    case 'found read-only':
      return { ...state, readsOnly: state.open !== 'none' };
    case 'tables locked':
      // LOCK TABLES has committed the open transaction.
      return { ...state, open: 'none', readsOnly: false, tablesLocked: true };
    case 'tables unlocked':
      return { ...state, tablesLocked: false };
    case 'migration started':
      return { ...state, wanted: undefined, isolation: undefined, tablesLocked: false };
  }
}

function opened(state: TransactionState, open: 'ours' | 'single' | 'migration'): TransactionState {
  const words = [state.isolation, open === 'migration' ? state.wanted : undefined];
  return {
    ...state,
    open,
    isolation: undefined,
    readsOnly: words.some((sql) => startsReadOnly(sql)),
  };
}

function answered(state: TransactionState, status: number): TransactionState {
  const autocommit = (status & SERVER_STATUS.AUTOCOMMIT) !== 0;
  if ((status & SERVER_STATUS.IN_TRANS) === 0) {
    // DDL ends the migration's transaction; the statements after it commit themselves, as under plain Knex.
    const ended = state.open === 'unknown' ? state.otherwise : state.open;
    const wanted = ended === 'migration' ? undefined : state.wanted;
    return { ...state, autocommit, wanted, open: 'none', readsOnly: false };
  }
  const open = state.open === 'unknown' ? state.otherwise : state.open;
  // The server opened one implicitly, because autocommit is off or because of opaque SQL.
  return { ...state, autocommit, open: open === 'none' ? 'migration' : open };
}

/** Whether a transaction that starts with this statement is read-only. */
export function startsReadOnly(sql = ''): boolean {
  return /\bREAD\s+ONLY\b/i.test(sql);
}
