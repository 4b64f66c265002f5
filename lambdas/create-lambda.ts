import type { Context } from 'aws-lambda';
import type { z } from 'zod';
import { FanfoldError, isFanfoldError } from '../src/core/errors.ts';
import { thrownProperty, thrownText } from '../src/core/text/thrown-text.ts';
import { ENVIRONMENT } from '../src/core/wire/environment.ts';
import { asSentence } from '../src/core/wording/as-sentence.ts';
import { wordsOnStack } from '../src/core/wording/on-stack.ts';
import type { Log, LogFields } from './log.ts';
import { originalStack } from './original-stack.ts';
import { isThrownError, ThrownError, thrownError } from './thrown-error.ts';

/** Facts about an invocation. */
export type Invocation = Pick<Context, 'getRemainingTimeInMillis'>;

export interface LambdaOptions<Wiring, Event, Result> {
  /**
   * Joins the adapters to the core. This begins when the function is loaded, so that their code is loaded before
   * the first event.
   */
  readonly wire: () => Promise<Wiring>;
  /** The events that the function accepts; all others are refused at once. */
  readonly schema: z.ZodType<Event>;
  /** Ids for every log line; never secret values of the event. */
  readonly about: (event: Event) => LogFields;
  readonly run: (event: Event, wiring: Wiring, invocation: Invocation) => Promise<Result>;
  /** Fields of the line at the end. */
  readonly told: (result: Result) => LogFields;
  /**
   * How the caller has the work done once more, as a sentence that begins with "Then". Default: nothing is said. It ends the
   * next step of every error that somebody can fix outside of the function.
   */
  readonly again?: ((event: Event) => string | undefined) | undefined;
  readonly log: Log;
  /** The stack that commands in errors are typed for. Default: that of the function, if it was told one. */
  readonly stack?: string | undefined;
}

/** A function as Lambda calls it. */
export type LambdaHandler<Result> = (event: unknown, invocation: Invocation) => Promise<Result>;

/**
 * Makes a handler: parses the event at the door, calls the core, and logs one line. An error gets a name for the
 * state machine's Retry and words for its console.
 */
export function createLambda<Wiring, Event, Result>({
  wire,
  schema,
  about,
  run,
  told,
  again,
  log,
  stack = process.env[ENVIRONMENT.stack] || undefined,
}: LambdaOptions<Wiring, Event, Result>): LambdaHandler<Result> {
  const wiring = wire();
  // If something is wrong with it, the first event fails with the error's name and in words.
  wiring.catch(() => {});
  return async (input, invocation) => {
    let fields: LogFields = {};
    let doAgain: string | undefined;
    try {
      const event = parseEvent(schema, input);
      fields = about(event);
      doAgain = again?.(event);
      const result = await run(event, await wiring, invocation);
      log.info('done', { ...fields, ...told(result) });
      return result;
    } catch (error) {
      log.error('failed', { ...fields, ...(await errorFields(error)) });
      throw forConsole(thrownError(withNextStep(error, doAgain)), stack);
    }
  };
}

/** The same error with commands that its reader can type, who sees it in the console of the stack's account. */
function forConsole(error: ThrownError, stack: string | undefined): ThrownError {
  return new ThrownError(error.name, wordsOnStack(error.message, stack));
}

/** The steps in the console after a state has failed: a redrive enters it again. */
export const PRESS_REDRIVE = 'Then press Redrive.';

/** The same error whose next step ends with `step`, if somebody has to fix something outside of the function. */
function withNextStep(error: unknown, step: string | undefined): unknown {
  if (step === undefined || !isFanfoldError(error) || error.fault !== 'configuration') return error;
  if (/redrive/i.test(error.nextStep)) return error;
  const { code, message, fault, retryable, ownWords, cause } = error;
  const nextStep = `${asSentence(error.nextStep)} ${step}`;
  return new FanfoldError(code, message, { fault, nextStep, retryable, ownWords, cause });
}

const SHOWN_PROBLEMS = 10;

/** Zod's messages name the expected values and never quote the given one, which may hold a password. */
function parseEvent<Event>(schema: z.ZodType<Event>, input: unknown): Event {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues
    .slice(0, SHOWN_PROBLEMS)
    .map(({ path, message }) => `${path.length === 0 ? 'the event' : path.join('.')}: ${message}`);
  throw new FanfoldError(
    'EventInvalid',
    `The function was called with an event that it does not understand: ${problems.join('; ')}.`,
    {
      fault: 'configuration',
      nextStep:
        'The state machine calls it; it is not meant to be called by hand. Where an execution of an earlier deployment was redriven, start a new one with {"retryOf": "<its name>"}.',
    },
  );
}

/** All details of an expected error; of a defect only its place, for a report. */
async function errorFields(error: unknown): Promise<LogFields> {
  if (isThrownError(error)) return { code: error.name, problem: error.message };
  if (isFanfoldError(error)) {
    const { code, message, nextStep, retryable } = error;
    return { code, problem: message, nextStep, retryable };
  }
  const stack = thrownProperty(error, 'stack');
  return {
    code: 'Unexpected',
    problem: thrownText(error),
    stack: await originalStack(typeof stack === 'string' ? stack : ''),
  };
}
