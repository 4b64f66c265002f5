import type { Connection } from 'mysql2';
import type { ServerError } from '../../../server/server-error.ts';
import { journalFailed } from '../../bookkeeping/journal-failed.ts';
import { circumstancesOf } from '../../locks/error-circumstances.ts';
import { isFenceMissing } from '../../locks/fence.ts';
import type { PieceText } from './piece-texts.ts';
import { RecordNotWritten } from './record-not-written.ts';
import { fenceLost } from './sending-errors.ts';

/** The error to report if the server refused one of Fanfold's pieces, by the kind of piece. */
export async function pieceFailure(
  text: PieceText | undefined,
  error: ServerError,
  connection: Connection,
): Promise<Error> {
  if (isFenceMissing(error)) return fenceLost();
  switch (text?.piece) {
    case 'records':
      return new RecordNotWritten(
        text.record?.migration ?? '',
        error,
        text.record?.hasUncommittedEffects ?? false,
      );
    case 'journal':
    case 'intent':
      return journalFailed(error, await circumstancesOf(connection, error));
    default:
      return error;
  }
}
