import type { ErrorCode } from './error-codes.ts';
import type { StatementStanding } from './half-applied.ts';

/** A statement of a migration as a report may show it: literals cut, never bindings. */
export interface StatementRef {
  /** Position in its migration, from 1. */
  readonly number: number;
  /** SQL with every literal replaced by `?`, at most 500 characters. */
  readonly text: string;
}

/**
 * Why one tenant failed: plain data that crosses processes as JSON. Holds no password, key,
 * binding or row content.
 */
export interface Failure<Code extends string = string> {
  /** Stable and documented in docs/reference/errors.md; one that was read may be of another version. */
  readonly code: Code;
  /** One or two sentences for a person. */
  readonly message: string;
  /** The next step, with the command to type if there is one. */
  readonly nextStep: string;
  /** Whether the same attempt may succeed if it is repeated later. */
  readonly retryable: boolean;
  /** Groups equal failures in the summary; see {@link fingerprint}. */
  readonly fingerprint: string;
  /** Id of the migration that failed, if one was running. */
  readonly migration?: string | undefined;
  readonly statement?: StatementRef | undefined;
  /** Error number of the database server. */
  readonly errno?: number | undefined;
  readonly sqlState?: string | undefined;
  /** Standings of the statements of a half-applied migration; the first and the last ones if there are many. */
  readonly statements?: readonly StatementStanding[] | undefined;
}

/** A failure that this version made, so that its code is one of ours. */
export type OwnFailure = Failure<ErrorCode>;

/** Failures with equal facts have the same cause. */
export interface FailureCause extends Pick<Failure, 'code' | 'errno' | 'migration' | 'statement'> {
  /** The shape of the message, without values; absent if the code alone is the cause. See `causeShape`. */
  readonly shape?: string | undefined;
}

/** Equal for failures of one cause: code, errno, migration, and the shapes of the statement and the message. */
export function fingerprint({ code, errno, migration, statement, shape }: FailureCause): string {
  const parts = [code, errno ?? '', migration ?? '', statement?.text ?? ''];
  return (shape === undefined || shape === '' ? parts : [...parts, shape]).join('|');
}
