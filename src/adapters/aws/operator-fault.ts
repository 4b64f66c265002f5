import { FanfoldError } from '../../core/errors.ts';
import { parseThrown } from './parse-thrown.ts';

/** The invocation that ended without an answer. */
interface FailedInvocation {
  readonly operation: string;
  readonly functionName: string;
}

/**
 * The error of a function that ended without an answer, from the payload that Lambda reports then. It shows the
 * kind of the error only: a message may quote what the function was asked.
 */
export function operatorFault(
  payload: string,
  { operation, functionName }: FailedInvocation,
): FanfoldError {
  const { errorType = '', errorMessage = '' } = parseThrown(payload);
  if (errorType === 'Sandbox.Timedout' || /Task timed out after/.test(errorMessage)) {
    return new FanfoldError(
      'OperatorTimedOut',
      `The function "${functionName}" has reached its time limit, and its work was cut off.`,
      {
        fault: 'configuration',
        nextStep:
          'A statement may still run in the database server. Run the same command again: what is done stays, and what was interrupted resumes.',
      },
    );
  }
  if (
    errorType === 'Function.ResponseSizeTooLarge' ||
    /payload size exceeded/i.test(errorMessage)
  ) {
    return new FanfoldError(
      'OperatorAnswerTooLarge',
      `The answer of the function "${functionName}" exceeds the 6 MB that Lambda passes on.`,
      {
        fault: 'configuration',
        nextStep: 'Run the command without --aws on a machine that reaches the databases.',
      },
    );
  }
  return new FanfoldError(
    'OperatorFailed',
    `The function "${functionName}" failed at ${operation}: ${errorType || 'it gave no answer that can be read'}.`,
    {
      fault: 'configuration',
      nextStep: `Read its log: \`aws logs tail /aws/lambda/${functionName}\`. What it has done stays, and the same command resumes it.`,
    },
  );
}

/** Lambda has refused the function for longer than it should. */
export function operatorNotReady(cause: Error): FanfoldError {
  return new FanfoldError(
    'OperatorNotReady',
    `AWS Lambda does not let the function begin: ${cause.name}: ${cause.message}`,
    {
      fault: 'configuration',
      retryable: true,
      nextStep:
        'Try again in some minutes. If it goes on, check the concurrency of the account and the free addresses of its subnets.',
      cause,
    },
  );
}
