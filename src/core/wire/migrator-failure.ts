import { fingerprint, type OwnFailure } from '../failure.ts';
import {
  INTERFACE_LIMIT_REACHED,
  LAMBDA_NOT_READY,
  LAMBDA_TRANSIENT,
  SUBNET_FULL,
} from './error-names.ts';

/** The end of a child execution, from its row in a result file. */
export interface ChildEnd {
  /** Name of the error; absent if the child itself ran out of time. */
  readonly error: string | undefined;
  /** Text of the error. */
  readonly cause: string | undefined;
  /** Whether the child execution, and not its function, was at its time limit. */
  readonly timedOut: boolean;
}

/**
 * The failure of a tenant whose migrator could not report its error, because it was killed, never began, or
 * is not ours. Always retryable: nothing in it is known to be the tenant's own fault.
 */
export function migratorFailure(end: ChildEnd): OwnFailure {
  const { code, message, nextStep } = explain(end);
  return { code, message, nextStep, retryable: true, fingerprint: fingerprint({ code }) };
}

type Explanation = Pick<OwnFailure, 'code' | 'message' | 'nextStep'>;

function explain({ error = '', cause = '', timedOut }: ChildEnd): Explanation {
  if (timedOut || error === 'Sandbox.Timedout' || error === 'States.Timeout') {
    return {
      code: 'MigratorTimedOut',
      message: 'The migrator reached the time limit of its function before it could pause.',
      nextStep:
        'A statement may still be running in the database: look at its process list. Then retry: the next attempt resumes where this one stopped.',
    };
  }
  // Lambda ends a process that needs more memory than it has, and reports only the signal.
  if (
    /OutOfMemory|heap out of memory|signal: (?:killed|aborted|SIGABRT)/.test(`${error} ${cause}`)
  ) {
    return {
      code: 'MigratorOutOfMemory',
      message: 'The migrator was ended because it needed more memory than its function has.',
      nextStep:
        'Let the migration read and write in smaller portions, or give the function more memory ("memory.migrateTenant" in the configuration of the stack). Then retry the tenants that failed or were not reached.',
    };
  }
  if (error === 'Runtime.ExitError' || error === 'Lambda.Unknown') {
    return {
      code: 'MigratorCrashed',
      message: `The migrator's process ended in the middle: ${shown(cause)}`,
      nextStep:
        'Read the log of the function at that time. A migration that ends its process does this. Then retry the tenants that failed or were not reached.',
    };
  }
  if (error.startsWith('Lambda.')) {
    return {
      ...refusalOf(error),
      message: `Lambda did not run the migrator (${error}): ${shown(cause)}`,
    };
  }
  return {
    code: 'MigratorFailed',
    message: `The migrator failed (${error === '' ? 'no error was named' : shown(error)}): ${shown(cause)}`,
    nextStep:
      'Read the log of the function at that time, then retry the tenants that failed or were not reached.',
  };
}

/** The reason for which Lambda did not invoke the function, and its remedy. */
function refusalOf(error: string): Pick<Explanation, 'code' | 'nextStep'> {
  if (error === 'Lambda.TooManyRequestsException') {
    return {
      code: 'MigratorThrottled',
      nextStep:
        "Lower maxConcurrency, or have the account's quota of concurrent functions raised. Then retry the tenants that failed or were not reached.",
    };
  }
  if (error === SUBNET_FULL) {
    return {
      code: 'SubnetFull',
      nextStep:
        "The function's subnets have no free address: give it larger or more subnets, or free addresses there. Then retry the tenants that failed or were not reached.",
    };
  }
  if (error === INTERFACE_LIMIT_REACHED) {
    return {
      code: 'NetworkInterfaceLimitReached',
      nextStep:
        'Have the quota of network interfaces for Lambda functions in a VPC raised, or delete interfaces that nothing uses. Then retry the tenants that failed or were not reached.',
    };
  }
  if (isOneOf(LAMBDA_NOT_READY, error)) {
    return {
      code: 'MigratorNotReady',
      nextStep:
        'Lambda was still preparing the function, as it does after weeks without an invocation and during a deployment. Retry the tenants that failed or were not reached; if that fails again, look at the state of the function in the Lambda console.',
    };
  }
  if (isOneOf(LAMBDA_TRANSIENT, error)) {
    return {
      code: 'LambdaUnavailable',
      nextStep:
        'Lambda had a disturbance: look at the AWS Health Dashboard. Then retry the tenants that failed or were not reached.',
    };
  }
  return {
    code: 'MigratorRefused',
    nextStep:
      'Lambda does not accept the function as it is configured: read the cause, correct that (its role, key, subnets or security groups) and deploy again. Then retry the tenants that failed or were not reached.',
  };
}

function isOneOf(names: readonly string[], error: string): boolean {
  return names.includes(error);
}

const SHOWN_LENGTH = 500;

function shown(text: string): string {
  const words = errorMessage(text).replace(/\s+/g, ' ').trim();
  if (words === '') return 'no reason was given.';
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
