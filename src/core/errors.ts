import { recognizeAcrossBuilds } from './across-builds.ts';
import type { ERROR_CODES, ErrorCode } from './error-codes.ts';
import type { Fault } from './error-kind.ts';

export interface FanfoldErrorOptions {
  readonly fault: Fault;
  /** The next step, for the person who reads the message. */
  readonly nextStep: string;
  /** Whether the same call may succeed if it is repeated later. Default false. */
  readonly retryable?: boolean;
  /**
   * Whether all words are Fanfold's or the tenant's address, and none come from a server or a migration, so
   * that they cannot contain a secret. Default false.
   */
  readonly ownWords?: boolean;
  /**
   * Text that distinguishes this cause from others of the same code, such as the message that a
   * migration threw. Values in it are ignored. Default: the code alone is the cause.
   */
  readonly said?: string | undefined;
  readonly cause?: unknown;
}

/** Options of an error, held to the registry of codes: whose fault it may be, and whether it is retryable. */
export type FanfoldErrorOptionsOf<Code extends ErrorCode> = FanfoldErrorOptions & {
  readonly fault:
    | ((typeof ERROR_CODES)[Code]['fault'] extends infer Usual
        ? Usual extends 'tenant' | 'migration'
          ? 'tenant' | 'migration'
          : Usual
        : never)
    | ((typeof ERROR_CODES)[Code] extends { readonly otherFault: infer Other } ? Other : never);
} & ([(typeof ERROR_CODES)[Code]['retryable']] extends ['never']
    ? { readonly retryable?: false | undefined }
    : [(typeof ERROR_CODES)[Code]['retryable']] extends ['always']
      ? { readonly retryable: true }
      : unknown);

/**
 * An error that Fanfold expects and explains. `code` is stable and documented in
 * docs/reference/errors.md; the message names the value and what was expected, and never contains a
 * secret. The type parameter only lets the compiler compare an error with the registry of codes.
 */
export class FanfoldError<Code extends ErrorCode = ErrorCode> extends Error {
  readonly code: ErrorCode;
  readonly fault: Fault;
  readonly nextStep: string;
  readonly retryable: boolean;
  readonly ownWords: boolean;
  readonly said: string | undefined;

  constructor(code: Code, message: string, options: FanfoldErrorOptionsOf<Code>) {
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

recognizeAcrossBuilds(FanfoldError, 'FanfoldError');

/** Whether it is a {@link FanfoldError} of any build; never throws, whatever was thrown. */
export function isFanfoldError(error: unknown): error is FanfoldError {
  try {
    return error instanceof FanfoldError;
  } catch {
    // Even `instanceof` throws for a revoked Proxy.
    return false;
  }
}
