import { FanfoldError } from '../src/core/errors.ts';
import { STEP_UNAVAILABLE } from '../src/core/wire/error-names.ts';
import { asSentence } from '../src/core/wording/as-sentence.ts';

/** Step Functions keeps 32 KiB of a cause; the JSON around the words, and its escapes, take a part. */
const LONGEST = 8 * 1024;

/**
 * An error as Step Functions gets it: a name for Retry and Catch, words for the console, and no stack.
 * The console shows errors as JSON, in which a trace would bury the words.
 */
export class ThrownError extends Error {
  constructor(name: string, message: string) {
    super(message.length > LONGEST ? `${message.slice(0, LONGEST - 1)}…` : message);
    this.name = name;
    this.stack = '';
  }
}

/**
 * Turns what was thrown into what the function fails with. A `FanfoldError` that may pass by itself
 * goes under the name that the state machine tries again; any other one goes under its code.
 */
export function thrownError(error: unknown): ThrownError {
  if (error instanceof ThrownError) return error;
  if (!(error instanceof FanfoldError)) return unexpected(error);
  const { code, message, nextStep, retryable } = error;
  // In one line: the console shows a cause as JSON, and a line break in it as the signs for one.
  const words = [asSentence(message), nextStep].join(' ').trim();
  return retryable
    ? new ThrownError(STEP_UNAVAILABLE, `${code}: ${words}`)
    : new ThrownError(code, words);
}

/** Kinds of errors whose words are the engine's own. Others may quote what they were given. */
const DEFECTS = [TypeError, RangeError, ReferenceError];

function unexpected(error: unknown): ThrownError {
  const name = error instanceof Error ? error.name : typeof error;
  const isDefect = DEFECTS.some((kind) => error instanceof kind);
  const what = isDefect ? `${name}: ${(error as Error).message}` : name;
  return new ThrownError(
    'Unexpected',
    `This looks like a defect of Fanfold: ${what}. Read the log of the function at that time, and please report it.`,
  );
}
