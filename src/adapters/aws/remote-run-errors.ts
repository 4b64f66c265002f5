import { FanfoldError } from '../../core/errors.ts';
import type { RemoteStack } from '../../core/remote/remote-runs.ts';
import { commandSpan } from '../../core/wording/command-span.ts';
import { parseThrown } from './parse-thrown.ts';

/** The stack has no execution of that name. */
export function runUnknown(runId: string, stack: RemoteStack, cause: Error): FanfoldError {
  return new FanfoldError(
    'RunUnknown',
    `The stack "${stack.name}" in ${stack.region} has no run "${runId}".`,
    {
      fault: 'usage',
      nextStep: `Step Functions deletes executions 90 days after their end. The newest run: ${commandSpan('follow', 'last', '--aws', stack.name)}`,
      cause,
    },
  );
}

/** The name of a run was used before. */
export function runExists(runId: string, stack: RemoteStack, cause: Error): FanfoldError {
  return new FanfoldError(
    'RunExists',
    `The stack "${stack.name}" has already had a run "${runId}": a name can be used only once.`,
    { fault: 'usage', nextStep: 'Start the run under another name.', cause },
  );
}

/** The state machine of a stack does not exist. */
export function machineGone(stack: RemoteStack, cause: Error): FanfoldError {
  return new FanfoldError(
    'StackIncomplete',
    `The state machine of the stack "${stack.name}" does not exist: ${stack.stateMachineArn}`,
    { fault: 'configuration', nextStep: 'Deploy the stack again: `npx cdk deploy`', cause },
  );
}

/** Step Functions refuses to redrive a run. */
export function notRedrivable(runId: string, stack: RemoteStack, cause: Error): FanfoldError {
  return new FanfoldError('RunNotRedrivable', `Run ${runId} cannot be redriven: ${cause.message}`, {
    fault: 'usage',
    nextStep: `Retry its tenants that failed or were not reached in a new run: ${commandSpan('migrate:retry', runId, '--aws', stack.name)}`,
    cause,
  });
}

/** A Map Run has ended, so it cannot be changed. */
export function roundIsOver(cause: Error): FanfoldError {
  return new FanfoldError('RoundIsOver', `The Map Run cannot be changed: ${cause.message}`, {
    fault: 'usage',
    nextStep: 'Try again after the next wave has started.',
    cause,
  });
}

/** The settle function could not close a stopped run; `payload` is its answer. */
export function notClosed(runId: string, payload: string): FanfoldError {
  const { errorType = 'Error', errorMessage = payload } = parseThrown(payload);
  return new FanfoldError(
    'RunNotClosed',
    `The summary of run ${runId} could not be written: ${errorType}: ${errorMessage}`,
    {
      fault: 'configuration',
      nextStep: 'Check the log of the settle function, then stop the run again.',
    },
  );
}

/** The settle function could not keep a wish for the backfills of a run; `payload` is its answer. */
export function notControlled(runId: string, payload: string): FanfoldError {
  const { errorType = 'Error', errorMessage = payload } = parseThrown(payload);
  return new FanfoldError(
    'RunNotControlled',
    `The backfills of run ${runId} could not be controlled: ${errorType}: ${errorMessage}`,
    {
      fault: 'configuration',
      nextStep:
        'A stack of an earlier version has to be deployed again first; otherwise check the log of the settle function.',
    },
  );
}
