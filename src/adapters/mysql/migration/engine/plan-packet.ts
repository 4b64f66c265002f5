import { isReadOnly, type OpenTransaction, type TransactionState } from './transaction-state.ts';

/**
 * A piece of ours that can stand in a packet before a statement of the migration:
 * - `start`: START TRANSACTION of ours, for rows of ours, whatever the session says of transactions
 * - `single`: START TRANSACTION around a statement that commits itself, as the session says
 * - `begin`: the migration's own BEGIN, in its words; `isolation`: its SET TRANSACTION
 * - `records`: the rows that say that migrations have ended
 * - `journal`: the rows of the journal that are not written yet
 * - `intent`: the same, and the row of the statement that is about to run and has no answer yet
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
 * - `bare`: nothing of ours directly before it, since it asks about the statement before
 * - `transaction`: the transaction that the migration is in, if it is in one
 * - `single`: a transaction of its own, as it commits itself
 * - `apart`: no transaction of ours, since it changes the session
 * - `implicit commit`: whatever is open is committed by the statement itself
 * - `unknown effect`: its row in the transaction that it runs in, written before it
 * - `for good`: its row durable before it, since nothing rolls it back
 */
export type Need =
  | 'bare'
  | 'transaction'
  | 'single'
  | 'apart'
  | 'implicit commit'
  | 'unknown effect'
  | 'for good';

/** Rows that are waiting to be written. */
export interface Waiting {
  readonly records: boolean;
  /** Rows of statements that have been answered. */
  readonly journal: boolean;
  /** Whether the row of the statement itself has to be there before it runs. */
  readonly intent: boolean;
}

/** The pieces before a statement, and the transaction in which it then runs. */
export interface PacketPlan {
  readonly before: readonly Piece[];
  readonly runsIn: OpenTransaction;
}

/**
 * Decides what is sent in one packet before a statement. Pure. Whatever makes something durable (an
 * intent, a COMMIT, a statement that commits by itself) stands after a `check` of the fence.
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
      return isInside ? { before: [], runsIn: 'migration' } : outside(state, waiting);
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

/** The pieces that make everything durable, when nothing of the migration follows in the packet. */
export function planClosing(
  state: TransactionState,
  waiting: Pick<Waiting, 'records' | 'journal'>,
): readonly Piece[] {
  if (state.open !== 'migration') return closing(state, waiting);
  // Rows that cannot be written in it wait for the next packet.
  const isWritable = !state.readsOnly && !state.tablesLocked;
  return [...(isWritable ? written(waiting) : []), 'check', 'commit'];
}

/** Ends what must not reach into the next transaction. */
function closing(
  { open, tablesLocked, readsOnly }: TransactionState,
  waiting: Pick<Waiting, 'records' | 'journal'>,
): readonly Piece[] {
  if (tablesLocked) return [];
  switch (open) {
    case 'none':
      // Rows of statements without an effect, such as reads, wait for one that has an effect.
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

/** Rows that are committed by what follows them: the intent, and what waits before it. */
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

/** Whether the packet begins a transaction that takes no writes. */
function begunReadOnly({ wanted, isolation }: TransactionState, before: readonly Piece[]): boolean {
  const words = before.includes('begin') ? [isolation, wanted] : [isolation];
  return (
    (before.includes('begin') || before.includes('single')) && words.some((sql) => isReadOnly(sql))
  );
}

function beginning(state: TransactionState, waiting: Waiting): PacketPlan {
  return {
    before: [...closing(state, waiting), ...isolation(state), 'begin'],
    runsIn: 'migration',
  };
}

/** Outside of any transaction; what the server opens by itself, it says in its answer. */
function outside(state: TransactionState, waiting: Waiting): PacketPlan {
  return { before: [...closing(state, waiting), ...isolation(state)], runsIn: 'none' };
}

function isolation({ isolation }: TransactionState): readonly Piece[] {
  return isolation === undefined ? [] : ['isolation'];
}
