import type { Context } from 'aws-lambda';
import type { z } from 'zod';
import { FanfoldError, isFanfoldError } from '../src/core/errors.ts';
import { thrownProperty, thrownText } from '../src/core/thrown-text.ts';
import type { Log, LogFields } from './log.ts';
import { originalStack } from './original-stack.ts';
import { isThrownError, thrownError } from './thrown-error.ts';

/** Facts about an invocation. */
export type Invocation = Pick<Context, 'getRemainingTimeInMillis'>;

export interface LambdaOptions<Wiring, Event, Result> {
  /**
   * Joins the adapters to the core. Begins when the function is loaded, so that their code is there
   * when the first event comes.
   */
  readonly wire: () => Promise<Wiring>;
  /** The events that the function expects; all others are refused before anything is done. */
  readonly schema: z.ZodType<Event>;
  /** Ids that every log line has; no values that the event was given to keep. */
  readonly about: (event: Event) => LogFields;
  readonly run: (event: Event, wiring: Wiring, invocation: Invocation) => Promise<Result>;
  /** Fields of the line at the end. */
  readonly told: (result: Result) => LogFields;
  readonly log: Log;
}

/** A function as Lambda calls it. */
export type LambdaHandler<Result> = (event: unknown, invocation: Invocation) => Promise<Result>;

/**
 * Makes a handler: parses the event at the door, calls the core, and logs one line. What is thrown is
 * named for the state machine's Retry and worded for its console.
 */
export function createLambda<Wiring, Event, Result>({
  wire,
  schema,
  about,
  run,
  told,
  log,
}: LambdaOptions<Wiring, Event, Result>): LambdaHandler<Result> {
  const wiring = wire();
  // If something is wrong with it, the first event fails with the error's name and in words.
  wiring.catch(() => {});
  return async (input, invocation) => {
    let fields: LogFields = {};
    try {
      const event = parseEvent(schema, input);
      fields = about(event);
      const result = await run(event, await wiring, invocation);
      log.info('done', { ...fields, ...told(result) });
      return result;
    } catch (error) {
      log.error('failed', { ...fields, ...(await errorFields(error)) });
      throw thrownError(error);
    }
  };
}

const SHOWN_PROBLEMS = 10;

/** Zod says of a value what it should have been, and shows none: there may be a password in it. */
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

/** Of an error that is expected all that may be known; of a defect the place, for the report of it. */
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
