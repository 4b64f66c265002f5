import {
  type OpenTransaction,
  startsReadOnly,
  type TransactionState,
} from './transaction-state.ts';

/**
 * A piece that Fanfold can put into a packet before a statement of the migration:
 * - `start`: START TRANSACTION READ WRITE for Fanfold's rows, regardless of the session's settings
 * - `single`: START TRANSACTION around a statement that commits itself, with the session's settings
 * - `begin`: the migration's own BEGIN, in its words; `isolation`: its SET TRANSACTION
 * - `records`: the rows that record the end of migrations
 * - `journal`: the journal's unwritten rows
 * - `intent`: the same, and the row of the next statement, which has no answer yet
 * - `check`: fails unless this connection holds the fence
 * - `commit`: COMMIT
 */
export type Piece =
  | 'start'
  | 'single'
  | 'begin'
  | 'isolation'
  | 'records'
  | 'journal'
  | 'intent'
  | 'check'
  | 'commit';

/**
 * The surroundings that a statement needs:
 * - `bare`: nothing directly before it, because it asks about the previous statement
 * - `transaction`: the migration's transaction, if there is one
 * - `single`: a separate transaction, because it commits itself
 * - `apart`: no transaction of Fanfold's, because it changes the session; the migration's own has started
 *   before it, because some settings are refused in a transaction, and others apply from the next one on
 * - `implicit commit`: the statement itself commits the open transaction
 * - `unknown effect`: its row is written before it, in the same transaction
 * - `for good`: its row is durable before it, because a rollback does not undo it
 */
export type Need =
  | 'bare'
  | 'transaction'
  | 'single'
  | 'apart'
  | 'implicit commit'
  | 'unknown effect'
  | 'for good';

/** Rows that wait to be written. */
export interface Waiting {
  readonly records: boolean;
  /** Rows of answered statements. */
  readonly journal: boolean;
  /** Whether the row of the next statement must be written before it runs. */
  readonly intent: boolean;
}

/** The pieces before a statement, and the transaction in which it then runs. */
export interface PacketPlan {
  readonly before: readonly Piece[];
  readonly runsIn: OpenTransaction;
}

/**
 * Plans the pieces before a statement in its packet. A pure function. Everything that makes something durable
 * (an intent, a COMMIT, a statement that commits by itself) follows a `check` of the fence.
 */
export function planPacket(state: TransactionState, need: Need, waiting: Waiting): PacketPlan {
  const isInside = state.open === 'migration';
  // BEGIN would unlock the tables.
  const isWanted = state.wanted !== undefined && !state.tablesLocked;
  switch (need) {
    case 'bare':
      if (isWanted && !isInside) return beginning(state, waiting);
      return state.open === 'ours' ? outside(state, waiting) : { before: [], runsIn: state.open };
    case 'transaction':
      if (isInside) return { before: [], runsIn: 'migration' };
      return isWanted ? beginning(state, waiting) : outside(state, waiting);
    case 'single':
      if (isInside || isWanted || !state.autocommit || state.tablesLocked)
        return planPacket(state, 'transaction', waiting);
      return {
        before: [...closing(state, waiting), ...isolation(state), 'single'],
        runsIn: 'single',
      };
    case 'apart':
      if (isInside) return { before: [], runsIn: 'migration' };
      return isWanted ? beginning(state, waiting) : outside(state, waiting);
    case 'implicit commit':
      return { before: [...durable(state, waiting), 'check'], runsIn: state.open };
    case 'unknown effect': {
      if (state.tablesLocked) return { before: [], runsIn: state.open };
      const isAlone = !isInside && !isWanted && state.autocommit;
      const { before, runsIn } = planPacket(state, isAlone ? 'single' : 'transaction', waiting);
      const rows = begunReadOnly(state, before) ? [] : intent(state, waiting);
      return { before: [...before, ...rows, 'check'], runsIn };
    }
    case 'for good':
      if (state.tablesLocked) return { before: [], runsIn: state.open };
      return { before: [...durable(state, waiting), 'check', 'commit'], runsIn: 'none' };
  }
}

/** Plans the pieces that make everything durable without a statement after them. A pure function. */
export function planClosing(
  state: TransactionState,
  waiting: Pick<Waiting, 'records' | 'journal'>,
): readonly Piece[] {
  if (state.open !== 'migration') return closing(state, waiting);
  // Rows that cannot be written in this transaction wait for the next packet.
  const isWritable = !state.readsOnly && !state.tablesLocked;
  return [...(isWritable ? written(waiting) : []), 'check', 'commit'];
}

/** The pieces that end a transaction that must not extend into the next one. */
function closing(
  { open, tablesLocked, readsOnly }: TransactionState,
  waiting: Pick<Waiting, 'records' | 'journal'>,
): readonly Piece[] {
  if (tablesLocked) return [];
  switch (open) {
    case 'none':
      // Rows of statements without an effect, such as reads, wait for one with an effect.
      return waiting.records ? ['start', 'records', 'check', 'commit'] : [];
    case 'ours':
      return [...(waiting.records ? (['records'] as const) : []), 'check', 'commit'];
    case 'single':
      return [...(readsOnly ? [] : written(waiting)), 'check', 'commit'];
    default:
      return [];
  }
}

function written({ journal, records }: Pick<Waiting, 'records' | 'journal'>): readonly Piece[] {
  return [...(journal ? (['journal'] as const) : []), ...(records ? (['records'] as const) : [])];
}

/** The rows that the next statement commits: waiting ones, and the intent. */
function durable(state: TransactionState, waiting: Waiting): readonly Piece[] {
  const { open, readsOnly, tablesLocked } = state;
  if (tablesLocked || (readsOnly && open === 'migration')) return [];
  const holdsEffects = open === 'single' || open === 'migration';
  const journal = waiting.journal && holdsEffects && !waiting.intent;
  const pieces: Piece[] = [
    ...(waiting.records ? (['records'] as const) : []),
    ...(journal ? (['journal'] as const) : []),
    ...intent(state, waiting),
  ];
  return pieces.length > 0 && open === 'none' ? ['start', ...pieces] : pieces;
}

function intent({ readsOnly, open }: TransactionState, waiting: Waiting): readonly Piece[] {
  return waiting.intent && !(readsOnly && open === 'migration') ? ['intent'] : [];
}

/** Whether the packet starts a read-only transaction. */
function begunReadOnly({ wanted, isolation }: TransactionState, before: readonly Piece[]): boolean {
  const words = before.includes('begin') ? [isolation, wanted] : [isolation];
  return (
    (before.includes('begin') || before.includes('single')) &&
    words.some((sql) => startsReadOnly(sql))
  );
}

function beginning(state: TransactionState, waiting: Waiting): PacketPlan {
  return {
    before: [...closing(state, waiting), ...isolation(state), 'begin'],
    runsIn: 'migration',
  };
}

/** A plan without a transaction; if the server opens one implicitly, its answer shows that. */
function outside(state: TransactionState, waiting: Waiting): PacketPlan {
  return { before: [...closing(state, waiting), ...isolation(state)], runsIn: 'none' };
}

function isolation({ isolation }: TransactionState): readonly Piece[] {
  return isolation === undefined ? [] : ['isolation'];
}
