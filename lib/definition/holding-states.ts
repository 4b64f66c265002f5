import { ROLLOUT_REJECTED } from '../../src/core/wire/error-names.ts';
import { stepRetries } from './retries.ts';
import { execution, round } from './state-fields.ts';
import type { StateMachineTargets } from './state-machine-targets.ts';
import type { State, States } from './states-language.ts';
import { taskOn } from './task-on.ts';

const gate = '{% $states.input.gate %}';

/**
 * The states of a wave that is held. Watch decides after each of them which one is next, so that a window that
 * closes during an approval holds the wave again.
 */
export function holdingStates(targets: StateMachineTargets): States {
  const task = taskOn(targets);
  return {
    Hold: {
      Type: 'Choice',
      Comment: 'The gate that the wave waits at. Nothing is locked meanwhile.',
      Choices: [
        { Condition: "{% $states.input.gate.next = 'bake' %}", Next: 'Bake' },
        { Condition: "{% $states.input.gate.next = 'window' %}", Next: 'AwaitWindow' },
        { Condition: "{% $states.input.gate.next = 'approval' %}", Next: 'AwaitApproval' },
        { Condition: "{% $states.input.gate.next = 'watch' %}", Next: 'Watch' },
      ],
      Default: 'ListTenants',
    },
    Bake: {
      Type: 'Wait',
      Comment: 'Time for the effect of the wave before to show; with alarms, a part of it.',
      Seconds: '{% $states.input.gate.seconds %}',
      Next: 'DigestsFirst',
    },
    AwaitWindow: {
      Type: 'Wait',
      Comment: 'No wave may begin now, by the windows and freezes of the request.',
      Timestamp: '{% $states.input.gate.until %}',
      Next: 'DigestsFirst',
    },
    AwaitApproval: awaitApproval(targets),
    DigestsFirst: {
      Type: 'Choice',
      Comment: 'Whether statements of the wave before are compared.',
      Choices: [
        { Condition: '{% $exists($states.input.gate.comparesDigests) %}', Next: 'CompareDigests' },
      ],
      Default: 'Watch',
    },
    CompareDigests: task({
      Comment: 'Compares the statements of the wave before with those before it. Watch decides.',
      function: targets.watchDigestsArn,
      payload: { step: 'compare', execution, round, gate },
      retry: stepRetries,
      next: 'Watch',
    }),
    Watch: task({
      Comment:
        'Asks the alarms, and which gate is next. Throws TenantMigrationsFailed if the rollout is to end here; a redrive asks once more.',
      function: targets.settleRunArn,
      payload: { step: 'gate', execution, round, gate, limitSeconds: targets.timeoutSeconds },
      retry: stepRetries,
      next: 'Hold',
    }),
  };
}

/** Waits for `fanfold approve` or `fanfold reject`, which send the token back. */
function awaitApproval({ partition, settleRunArn }: StateMachineTargets): State {
  return {
    Type: 'Task',
    Comment: 'Waits until somebody approves the wave or rejects it, or the time is up.',
    Resource: `arn:${partition}:states:::lambda:invoke.waitForTaskToken`,
    Arguments: {
      FunctionName: settleRunArn,
      Payload: { step: 'ask', execution, gate, taskToken: '{% $states.context.Task.Token %}' },
    },
    TimeoutSeconds: '{% $states.input.gate.seconds %}',
    Retry: stepRetries,
    Catch: [
      {
        ErrorEquals: [ROLLOUT_REJECTED, 'States.Timeout'],
        Output: {
          round,
          gate: `{% $merge([$states.input.gate, {'refused': {'error': $states.errorOutput.Error, 'cause': $exists($states.errorOutput.Cause) ? $states.errorOutput.Cause : '', 'redriveCount': ${redriveCount}}}]) %}`,
        },
        Next: 'Watch',
      },
    ],
    Output: { round, gate: "{% $merge([$states.input.gate, {'approved': $states.result}]) %}" },
    Next: 'DigestsFirst',
  };
}

/** The expression of the redrive count, without its marks. */
const redriveCount = execution.redriveCount.replace(/^\{%\s*|\s*%\}$/g, '');
