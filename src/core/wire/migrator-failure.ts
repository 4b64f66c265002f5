import { type Failure, fingerprint } from '../failure.ts';

/** How a child execution ended, as its row in a result file tells. */
export interface ChildEnd {
  /** Name of the error; absent where the child itself ran out of time. */
  readonly error: string | undefined;
  /** Text of the error. */
  readonly cause: string | undefined;
  /** Whether the child execution, and not its function, was at its time limit. */
  readonly timedOut: boolean;
}

/**
 * The failure of a tenant whose migrator could not say what went wrong, since it was ended, never
 * began, or is not ours. Always retryable: nothing in it is known to be the tenant's own fault.
 */
export function migratorFailure(end: ChildEnd): Failure {
  const { code, message, nextStep } = explain(end);
  return { code, message, nextStep, retryable: true, fingerprint: fingerprint({ code }) };
}

type Explanation = Pick<Failure, 'code' | 'message' | 'nextStep'>;

function explain({ error = '', cause = '', timedOut }: ChildEnd): Explanation {
  if (timedOut || error === 'Sandbox.Timedout' || error === 'States.Timeout') {
    return {
      code: 'MigratorTimedOut',
      message: 'The migrator reached the time limit of its function before it could pause.',
      nextStep:
        'A statement may still be running in the database: look at its process list. Then run what is left; it goes on where this one stopped.',
    };
  }
  // Lambda ends a process that wants more memory than it has, and tells no more than the signal.
  if (
    /OutOfMemory|heap out of memory|signal: (?:killed|aborted|SIGABRT)/.test(`${error} ${cause}`)
  ) {
    return {
      code: 'MigratorOutOfMemory',
      message: 'The migrator was ended: it wanted more memory than its function has.',
      nextStep:
        'Let the migration read and write in smaller portions, or give the function more memory. Then run what is left.',
    };
  }
  if (error === 'Runtime.ExitError' || error === 'Lambda.Unknown') {
    return {
      code: 'MigratorCrashed',
      message: `The migrator's process ended in the middle: ${shown(cause)}`,
      nextStep:
        'Read the log of the function at that time. A migration that ends its process does this. Then run what is left.',
    };
  }
  if (error.startsWith('Lambda.')) {
    return {
      code: 'MigratorThrottled',
      message: `Lambda did not run the migrator (${error}): ${shown(cause)}`,
      nextStep:
        "Lower maxConcurrency, or have the account's quota of concurrent functions raised. Then run what is left.",
    };
  }
  return {
    code: 'MigratorFailed',
    message: `The migrator failed (${error === '' ? 'no error was named' : shown(error)}): ${shown(cause)}`,
    nextStep: 'Read the log of the function at that time, then run what is left.',
  };
}

const SHOWN_LENGTH = 500;

function shown(text: string): string {
  const words = errorMessage(text).replace(/\s+/g, ' ').trim();
  if (words === '') return 'nothing else was told.';
  return words.length > SHOWN_LENGTH ? `${words.slice(0, SHOWN_LENGTH - 1)}…` : words;
}

/** Lambda wraps an error in JSON, with a stack trace that is nobody's next step. */
function errorMessage(cause: string): string {
  try {
    const parsed = JSON.parse(cause) as { errorMessage?: unknown } | null;
    return typeof parsed?.errorMessage === 'string' ? parsed.errorMessage : cause;
  } catch {
    return cause;
  }
}
