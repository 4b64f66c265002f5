import { recogniseAcrossBuilds } from './across-builds.ts';

/**
 * Whose fault it is, and so how a command ends: `usage` 2, `configuration` 3 (also the central
 * database and the run store), `tenant` 1 (one tenant's database or its row), `migration` 1
 * (a migration's code), `fanfold` 70 (a defect of ours).
 */
export type Fault = 'usage' | 'configuration' | 'tenant' | 'migration' | 'fanfold';

export interface FanfoldErrorOptions {
  readonly fault: Fault;
  /** The next step, for the person who reads the message. */
  readonly nextStep: string;
  /** Whether the same call may succeed later without anybody's doing. Default false. */
  readonly retryable?: boolean;
  /**
   * Whether every word is ours or the tenant's address, and none a server's or a migration's, so that
   * no secret can be among them. Default false.
   */
  readonly ownWords?: boolean;
  /**
   * What tells this cause from others of the same code, such as what a migration's own code said. Values in
   * it do not count. Default: the code says all.
   */
  readonly said?: string | undefined;
  readonly cause?: unknown;
}

/**
 * An error that Fanfold expects and explains. `code` is stable and documented in docs/errors.md;
 * the message names the value, what was expected and never holds a secret.
 */
export class FanfoldError extends Error {
  readonly code: string;
  readonly fault: Fault;
  readonly nextStep: string;
  readonly retryable: boolean;
  readonly ownWords: boolean;
  readonly said: string | undefined;

  constructor(code: string, message: string, options: FanfoldErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = code;
    this.code = code;
    this.fault = options.fault;
    this.nextStep = options.nextStep;
    this.retryable = options.retryable ?? false;
    this.ownWords = options.ownWords ?? false;
    this.said = options.said;
  }
}

recogniseAcrossBuilds(FanfoldError, 'FanfoldError');

/** Whether it is a {@link FanfoldError}, of whichever build; never throws, whatever somebody has thrown. */
export function isFanfoldError(error: unknown): error is FanfoldError {
  try {
    return error instanceof FanfoldError;
  } catch {
    // A revoked Proxy, for one.
    return false;
  }
}
