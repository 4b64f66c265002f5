import type { SqlText } from '../../connection/sql-text.ts';
import type { JournalEntry } from '../../journal/journal-entry.ts';
import { checkFence } from '../../locks/fence.ts';
import { COMMIT_ONLY, START_WRITING } from '../../locks/knex-lock.ts';
import type { MigrationSession } from './migration-session.ts';
import { ownText } from './own-text.ts';
import type { MigrationRecordTexts } from './pending-records.ts';
import type { Piece } from './plan-packet.ts';
import type { TransactionLedger } from './transaction-ledger.ts';

/** The SQL of a piece in a packet. */
export interface PieceText {
  /** `wait limit`: the session's limit for metadata locks. */
  readonly piece: Piece | 'release' | 'wait limit';
  readonly sql: string;
  /** The record to which it belongs. */
  readonly record?: MigrationRecordTexts | undefined;
}

/**
 * Turns the pieces of a packet into SQL, directly before it is sent: waiting records and rows of the journal
 * count as sent from now on. `entry` is the row of the statement after the pieces.
 */
export function pieceTexts(
  pieces: readonly Piece[],
  entry: JournalEntry | undefined,
  session: MigrationSession,
  ledger: TransactionLedger,
): PieceText[] {
  const { connection, sqlMode } = session;
  return pieces.flatMap((piece): PieceText[] => {
    if (piece === 'records') {
      return ledger.records.send().flatMap((record) =>
        record.texts.map((text) => ({
          piece,
          record,
          sql: ownText(connection, text, sqlMode),
        })),
      );
    }
    const text = pieceText(piece, entry, session, ledger);
    return text === undefined ? [] : [{ piece, sql: ownText(connection, text, sqlMode) }];
  });
}

function pieceText(
  piece: Exclude<Piece, 'records'>,
  entry: JournalEntry | undefined,
  { facts }: MigrationSession,
  { journal, state: { wanted = 'BEGIN', isolation = '' } }: TransactionLedger,
): SqlText | undefined {
  switch (piece) {
    case 'start':
      return withoutValues(START_WRITING);
    case 'single':
      return withoutValues('START TRANSACTION');
    case 'begin':
      return withoutValues(wanted);
    case 'isolation':
      return withoutValues(isolation);
    case 'journal':
      return journal.write(entry);
    case 'intent':
      return journal.write();
    case 'check':
      return withoutValues(checkFence(facts.fence));
    case 'commit':
      return withoutValues(COMMIT_ONLY);
  }
}

function withoutValues(sql: string): SqlText {
  return { sql, values: [] };
}
