import { isServerError, type ServerError } from '../../../server/server-error.ts';
import type { Answer } from '../../journal/stored-answer.ts';
import { answerBehind, type PacketAnswers } from './send-packet.ts';

/** Which part of a packet an answer or an error belongs to. */
export type PacketEnd =
  /** The connection or the driver failed: nobody knows how far the server came. */
  | { readonly end: 'failed'; readonly error: unknown }
  /** The server refused a piece before the statement, the one at this index. */
  | { readonly end: 'piece refused'; readonly index: number; readonly error: ServerError }
  | { readonly end: 'statement refused'; readonly error: ServerError }
  | {
      readonly end: 'answered';
      readonly answer: Answer;
      /** Of statements that were sent along, as far as they ran: the last may be an error. */
      readonly following: readonly (Answer | ServerError)[];
      /** The last answer, with what it says of the session. */
      readonly status: unknown;
    };

/**
 * Reads what the server said to a packet: to the pieces before the statement, to the statement, and to
 * those that were sent along after it. Pure.
 *
 * @param before how many pieces stand before the statement
 * @param following how many statements stand after it
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
    const own = answerBehind(answer ?? [undefined, undefined], before);
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
