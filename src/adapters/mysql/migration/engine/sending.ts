import type { ServerError } from '../../../server/server-error.ts';
import type { Answer } from '../../journal/stored-answer.ts';
import type { Need } from './plan-packet.ts';

/** How to send a statement. */
export interface Sending {
  readonly need: Need;
  /** Whether its row must be durable, or in its transaction, before it runs. */
  readonly intent?: boolean | undefined;
  /** Statements without values that follow it in the same packet. */
  readonly following?: readonly string[] | undefined;
}

/** The answer to a statement, and the results of the following statements that ran. */
export interface Sent {
  readonly answer: Answer;
  readonly following: readonly (Answer | ServerError)[];
}
