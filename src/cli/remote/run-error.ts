import { ERROR_CODES, isErrorCode } from '../../core/error-codes.ts';
import type { Fault } from '../../core/error-kind.ts';
import { FanfoldError } from '../../core/errors.ts';
import type { RemoteRun } from '../../core/remote/remote-runs.ts';
import { TENANT_MIGRATIONS_FAILED } from '../../core/wire/error-names.ts';
import { causeText } from './cause-text.ts';
import { remoteCommand } from './remote-command.ts';

/**
 * The error that ended a run, in the words of the console; `undefined` if the run ended by itself, even with
 * failed tenants.
 */
export function runError(run: RemoteRun, stack: string): FanfoldError | undefined {
  switch (run.status) {
    case 'FAILED': {
      if (run.error === TENANT_MIGRATIONS_FAILED) return undefined;
      const { error = '', cause } = run;
      // Another request is needed then, and not another attempt.
      const isRequest = isErrorCode(error) && ERROR_CODES[error].fault === 'usage';
      const fault = isRequest ? 'usage' : 'configuration';
      const nextStep = nextStepAfter(error, fault, run.id, stack);
      return new FanfoldError('RunBroken', `Run ${run.id} ended: ${error}: ${causeText(cause)}`, {
        fault,
        nextStep,
      });
    }
    case 'TIMED_OUT': {
      const redrive = redriveCommand(run.id, stack);
      return new FanfoldError(
        'RunBroken',
        `Run ${run.id} was ended by the time limit of its state machine.`,
        { fault: 'configuration', nextStep: `Resume it where it ended: ${redrive}` },
      );
    }
    default:
      return undefined;
  }
}

function nextStepAfter(error: string, fault: Fault, runId: string, stack: string): string {
  if (fault === 'usage') return 'Start a run with another request.';
  if (error === 'States.ItemReaderFailed') {
    // A redrive re-enters the Map, but the state before it creates the list.
    return `The list of the round no longer exists, so a redrive would fail again. Start a new run: ${remoteCommand('migrate:retry', runId, stack)}`;
  }
  return `Fix the cause, then resume the run where it ended: ${redriveCommand(runId, stack)}`;
}

function redriveCommand(runId: string, stack: string): string {
  return remoteCommand('migrate:retry', runId, stack, '--redrive');
}
