import { ERRNO } from '../../../server/errno.ts';
import type { ServerError } from '../../../server/server-error.ts';
import type { JournalEntry } from '../../journal/journal-entry.ts';
import type { SqlStatement } from '../../journal/sql-statement.ts';
import { storeError } from '../../journal/stored-answer.ts';
import type { PacketSender } from './packet-sender.ts';
import { refusalEffect } from './refusal-effect.ts';
import type { TransactionLedger } from './transaction-ledger.ts';
import type { OpenTransaction } from './transaction-state.ts';

/** A statement that the server has refused. */
interface Refusal {
  readonly error: ServerError;
  /** The transaction in which it ran. */
  readonly open: OpenTransaction;
}

/** Determines after a refused statement whether a transaction is still open, and keeps the error in its row. */
export async function applyRefusal(
  { kind }: SqlStatement,
  entry: JournalEntry,
  { error, open }: Refusal,
  sender: PacketSender,
  ledger: TransactionLedger,
): Promise<void> {
  entry.ended(storeError(error));
  if (error.errno === ERRNO.ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION) {
    ledger.tell({ type: 'found read-only' });
  }
  const effect = refusalEffect(kind, error.errno, open);
  if (effect === 'none') return;
  if (effect === 'rolled back') {
    ledger.rolledBack();
  } else {
    ledger.tell({ type: 'failed', otherwise: open });
    if (effect === 'maybe committed') return;
    await sender.settle();
    if (ledger.state.open !== 'none') return;
    ledger.rolledBack();
  }
  sender.session.refuse(error);
}
