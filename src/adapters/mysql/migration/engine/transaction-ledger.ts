import type { JournalEntry } from '../../journal/journal-entry.ts';
import type { StatementJournal } from '../../journal/statement-journal.ts';
import { PendingRecords } from './pending-records.ts';
import type { Piece } from './plan-packet.ts';
import {
  LOCKS_TAKEN,
  nextState,
  type OpenTransaction,
  type TransactionEvent,
  type TransactionState,
} from './transaction-state.ts';

/**
 * The only owner of the transaction's state. Rows of the journal and records of migrations are committed and
 * rolled back with the transaction in which they were written, so the ledger updates all three together.
 */
export class TransactionLedger {
  readonly journal: StatementJournal;
  /** The records of migrations that have ended. */
  readonly records = new PendingRecords();
  #state: TransactionState = LOCKS_TAKEN;

  constructor(journal: StatementJournal) {
    this.journal = journal;
  }

  get state(): TransactionState {
    return this.#state;
  }

  /** Changes the state by an event that neither commits nor rolls back rows. */
  tell(event: TransactionEvent): void {
    this.#state = nextState(this.#state, event);
  }

  /** Records that the server has run these pieces. `entry` belongs to the statement after them, which has not run yet. */
  carriedOut(
    pieces: readonly { readonly piece: Piece | 'release' | 'wait limit' }[],
    entry: JournalEntry | undefined,
    runsIn: OpenTransaction,
  ): void {
    for (const { piece } of pieces) {
      switch (piece) {
        case 'start':
          this.tell({ type: 'opened', open: 'ours' });
          break;
        case 'single':
          this.tell({ type: 'opened', open: 'single' });
          break;
        case 'begin':
          this.tell({ type: 'opened', open: 'migration' });
          break;
        case 'isolation':
          if (runsIn === 'none') this.tell({ type: 'isolated', sql: undefined });
          break;
        case 'commit':
          this.#committed(entry);
          break;
      }
    }
  }

  /** Records that a statement of the migration has committed the open transaction and itself. */
  statementCommitted(): void {
    this.tell({ type: 'unwanted' });
    this.#committed();
  }

  /** Records that the open transaction was rolled back, including Fanfold's rows. */
  rolledBack(): void {
    this.tell({ type: 'rolled back' });
    this.journal.rolledBack();
    this.records.rolledBack();
  }

  /** Updates the state from the status in the last part of an answer; rows have no status. */
  learn(result: unknown): void {
    const last = Array.isArray(result) ? result.at(-1) : result;
    const status = (last as { serverStatus?: unknown } | null | undefined)?.serverStatus;
    if (typeof status !== 'number') return;
    const before = this.#state.open;
    this.tell({ type: 'answered', status });
    if (before === 'none' || this.#state.open !== 'none') return;
    this.journal.committed();
    this.records.committed();
  }

  #committed(except?: JournalEntry): void {
    this.tell({ type: 'committed' });
    this.journal.committed(except);
    this.records.committed();
  }
}
