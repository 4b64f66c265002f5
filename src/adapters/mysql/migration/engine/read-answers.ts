import { isServerError, type ServerError } from '../../../server/server-error.ts';
import type { Answer } from '../../journal/stored-answer.ts';
import { answerAfter, type PacketAnswers } from './send-packet.ts';

/** The end of a packet: an answer or an error, and the part to which it belongs. */
export type PacketEnd =
  /** The connection or the driver failed, and it is unknown which statements ran. */
  | { readonly end: 'failed'; readonly error: unknown }
  /** The server refused the piece at this index, before the statement. */
  | { readonly end: 'piece refused'; readonly index: number; readonly error: ServerError }
  | { readonly end: 'statement refused'; readonly error: ServerError }
  | {
      readonly end: 'answered';
      readonly answer: Answer;
      /** The results of the following statements that ran; the last may be an error. */
      readonly following: readonly (Answer | ServerError)[];
      /** The last answer, which contains the status of the session. */
      readonly status: unknown;
    };

/**
 * Reads the server's answers to a packet: to the pieces before the statement, to the statement, and to the
 * following statements. A pure function.
 *
 * @param before the number of pieces before the statement
 * @param following the number of statements after it
 */
export function readAnswers(
  { headers, answer, error }: PacketAnswers,
  before: number,
  following: number,
): PacketEnd {
  if (error !== undefined && !isServerError(error)) return { end: 'failed', error };
  if (error !== undefined && headers.length < before) {
    return { end: 'piece refused', index: headers.length, error };
  }
  const [header, ...others] = headers.slice(before);
  if (error !== undefined && (header === undefined || following === 0)) {
    return { end: 'statement refused', error };
  }
  if (following === 0) {
    const own = answerAfter(answer ?? [undefined, undefined], before);
    return { end: 'answered', answer: own, following: [], status: own[0] };
  }
  const ended = others.map((each): Answer | ServerError => [each, undefined]);
  if (error !== undefined) ended.push(error);
  return {
    end: 'answered',
    answer: [header, undefined],
    following: ended,
    status: headers.at(-1),
  };
}
