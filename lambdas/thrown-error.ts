import { isFanfoldError } from '../src/core/errors.ts';
import { thrownProperty, thrownText } from '../src/core/text/thrown-text.ts';
import { STEP_UNAVAILABLE } from '../src/core/wire/error-names.ts';
import { asSentence } from '../src/core/wording/as-sentence.ts';

/** Step Functions keeps 32 KiB of a cause, a part of which goes to JSON and its escapes. */
const LONGEST = 8 * 1024;

/**
 * An error for Step Functions: a name for Retry and Catch, words for the console, and no stack, since the
 * console shows errors as JSON, in which a trace would bury the words.
 */
export class ThrownError extends Error {
  constructor(name: string, message: string) {
    super(message.length > LONGEST ? `${message.slice(0, LONGEST - 1)}…` : message);
    this.name = name;
    this.stack = '';
  }
}

/** Whether it is a {@link ThrownError}; never throws, whatever the value is. */
export function isThrownError(error: unknown): error is ThrownError {
  return isOne(error, ThrownError);
}

/**
 * Turns a thrown value into the error of the function. A retryable `FanfoldError` gets the name that the state
 * machine retries; any other one gets its code as the name.
 */
export function thrownError(error: unknown): ThrownError {
  if (isThrownError(error)) return error;
  if (!isFanfoldError(error)) return unexpected(error);
  const { code, message, nextStep, retryable } = error;
  // One line, since the console shows a cause as JSON, in which a line break is an escape sequence.
  const words = [asSentence(message), nextStep].join(' ').trim();
  return retryable
    ? new ThrownError(STEP_UNAVAILABLE, `${code}: ${words}`)
    : new ThrownError(code, words);
}

/** Errors whose messages come from the engine. Others may quote values. */
const DEFECTS = [TypeError, RangeError, ReferenceError];

function unexpected(error: unknown): ThrownError {
  const given = thrownProperty(error, 'name');
  const name = typeof given === 'string' ? given : typeof error;
  const what = isDefect(error) ? thrownText(error) : name;
  return new ThrownError(
    'Unexpected',
    `This looks like a defect of Fanfold: ${what}. Read the log of the function at that time, and please report it.`,
  );
}

function isDefect(error: unknown): boolean {
  return DEFECTS.some((kind) => isOne(error, kind));
}

function isOne(error: unknown, kind: new (...args: never[]) => Error): boolean {
  try {
    return error instanceof kind;
  } catch {
    // `instanceof` throws for a revoked Proxy, among others.
    return false;
  }
}
