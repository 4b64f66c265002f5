import { SERVER_STATUS } from '../../../server/server-status.ts';

/**
 * The transaction that is open on the fenced connection:
 * - `none`: nothing is open
 * - `ours`: it holds rows of ours only, such as Knex's lock
 * - `single`: it holds statements that commit themselves under plain Knex; their COMMIT travels with the
 *   next packet, so that nothing of ours stands between one statement and the next one that asks about it
 * - `migration`: the migration has begun it
 * - `unknown`: a statement failed that may have committed, and the error does not say so
 */
export type OpenTransaction = 'none' | 'ours' | 'single' | 'migration' | 'unknown';

/** All that is known about transactions on the connection. Immutable; {@link nextState} makes the next one. */
export interface TransactionState {
  readonly open: OpenTransaction;
  /** For `unknown`: what is open if the failed statement did not commit. */
  readonly otherwise: OpenTransaction;
  /** The words with which the migration began a transaction. BEGIN is sent when a statement needs it. */
  readonly wanted: string | undefined;
  /** The migration's SET TRANSACTION, about its next transaction. */
  readonly isolation: string | undefined;
  /** Whether the transaction takes no writes, those of the journal included. */
  readonly readsOnly: boolean;
  /** Whether a statement outside of a transaction commits itself. */
  readonly autocommit: boolean;
  /** Under LOCK TABLES the journal cannot be written. */
  readonly tablesLocked: boolean;
}

/** An event that concerns transactions on the connection. */
export type TransactionEvent =
  /** The migration begins a transaction, in these words. Nothing has been sent. */
  | { readonly type: 'wanted'; readonly sql: string }
  /** The migration ended its transaction. */
  | { readonly type: 'unwanted' }
  /** SET TRANSACTION, about the next transaction. Nothing has been sent. */
  | { readonly type: 'isolated'; readonly sql: string | undefined }
  /** START TRANSACTION or BEGIN was carried out. */
  | { readonly type: 'opened'; readonly open: 'ours' | 'single' | 'migration' }
  /** The server answered, and said this about the session (bits of SERVER_STATUS). */
  | { readonly type: 'answered'; readonly status: number }
  | { readonly type: 'committed' }
  | { readonly type: 'rolled back' }
  /** A statement failed that may have committed what was open. */
  | { readonly type: 'failed'; readonly otherwise: OpenTransaction }
  /** The server said that the open transaction takes no writes. */
  | { readonly type: 'found read-only' }
  | { readonly type: 'tables locked' }
  | { readonly type: 'tables unlocked' }
  /** Another migration begins on the same connection. */
  | { readonly type: 'migration started' };

/** Right after the locks were taken: the row of Knex's lock is not committed yet. */
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
      // It has committed what was open.
      return { ...state, open: 'none', readsOnly: false, tablesLocked: true };
    case 'tables unlocked':
      return { ...state, tablesLocked: false };
    case 'migration started':
      return { ...state, wanted: undefined, isolation: undefined, tablesLocked: false };
  }
}

function opened(state: TransactionState, open: 'ours' | 'single' | 'migration'): TransactionState {
  const words = [state.isolation, open === 'migration' ? state.wanted : undefined];
  return { ...state, open, isolation: undefined, readsOnly: words.some((sql) => isReadOnly(sql)) };
}

function answered(state: TransactionState, status: number): TransactionState {
  const autocommit = (status & SERVER_STATUS.AUTOCOMMIT) !== 0;
  if ((status & SERVER_STATUS.IN_TRANS) === 0) {
    // DDL ends what the migration has begun: what follows commits itself, as under plain Knex.
    const ended = state.open === 'unknown' ? state.otherwise : state.open;
    const wanted = ended === 'migration' ? undefined : state.wanted;
    return { ...state, autocommit, wanted, open: 'none', readsOnly: false };
  }
  const open = state.open === 'unknown' ? state.otherwise : state.open;
  // With autocommit off, or by raw SQL that is not understood, the server opens one by itself.
  return { ...state, autocommit, open: open === 'none' ? 'migration' : open };
}

/** Whether a transaction that is begun with these words takes no writes. */
export function isReadOnly(sql = ''): boolean {
  return /\bREAD\s+ONLY\b/i.test(sql);
}
