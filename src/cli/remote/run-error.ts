import { FanfoldError, type Fault } from '../../core/errors.ts';
import type { RemoteRun } from '../../core/remote-runs.ts';
import { TENANT_MIGRATIONS_FAILED } from '../../core/wire/error-names.ts';
import { causeText } from './cause-text.ts';
import { remoteCommand } from './remote-command.ts';

/** Errors by which a run ends whose request was wrong: another request is needed, not another try. */
const REQUEST_ERRORS = new Set([
  'CauseUnknown',
  'MigrationUnknown',
  'PlanLeavesNothing',
  'RequestInvalid',
  'RunAppliedNothing',
  'RunExists',
  'RunIdInvalid',
  'RunLeavesNothing',
  'RunNotListed',
  'RunUnknown',
  'TenantAmbiguous',
  'TenantNotActive',
  'TenantOffHosts',
  'TenantUnknown',
]);

/**
 * What ended a run other than its tenants; nothing where it went through, or failed only because
 * tenants did. The words are those that the execution shows in the console.
 */
export function runError(run: RemoteRun, stack: string): FanfoldError | undefined {
  switch (run.status) {
    case 'FAILED': {
      if (run.error === TENANT_MIGRATIONS_FAILED) return undefined;
      const { error = '', cause } = run;
      const fault: Fault = REQUEST_ERRORS.has(error) ? 'usage' : 'configuration';
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
        { fault: 'configuration', nextStep: `Go on where it ended: ${redrive}` },
      );
    }
    default:
      return undefined;
  }
}

function nextStepAfter(error: string, fault: Fault, runId: string, stack: string): string {
  if (fault === 'usage') return 'Start a run with another request.';
  if (error === 'States.ItemReaderFailed') {
    // The Map is what a redrive enters, and the list is made by the state before it.
    return `The list of the round is gone, and a redrive would look for it again. A new run makes another: ${remoteCommand('migrate:retry', runId, stack)}`;
  }
  return `When the cause is gone, go on where it ended: ${redriveCommand(runId, stack)}`;
}

function redriveCommand(runId: string, stack: string): string {
  return remoteCommand('migrate:retry', runId, stack, '--redrive');
}
