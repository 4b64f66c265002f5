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
export interface Failure {
  /** Stable and documented in docs/errors.md. */
  readonly code: string;
  /** One or two sentences for a person. */
  readonly message: string;
  /** What to do next, with the command to type where there is one. */
  readonly nextStep: string;
  /** Whether the same attempt may succeed later without anybody's doing. */
  readonly retryable: boolean;
  /** Groups equal failures in the summary; see {@link fingerprint}. */
  readonly fingerprint: string;
  /** Id of the migration that failed, where one was running. */
  readonly migration?: string | undefined;
  readonly statement?: StatementRef | undefined;
  /** Error number of the database server. */
  readonly errno?: number | undefined;
  readonly sqlState?: string | undefined;
  /** How the statements of a half-applied migration stand; the first ones and the last where there are many. */
  readonly statements?: readonly StatementStanding[] | undefined;
}

/** What makes two failures the same one. */
export interface FailureCause extends Pick<Failure, 'code' | 'errno' | 'migration' | 'statement'> {
  /** The shape of what was said, without values; absent if the code says all. See `causeShape`. */
  readonly shape?: string | undefined;
}

/** Equal for failures of one cause: code, errno, migration, the statement's shape and that of the words. */
export function fingerprint({ code, errno, migration, statement, shape }: FailureCause): string {
  const parts = [code, errno ?? '', migration ?? '', statement?.text ?? ''];
  return (shape === undefined || shape === '' ? parts : [...parts, shape]).join('|');
}
