import { stepRetries } from './retries.ts';
import { execution } from './state-fields.ts';
import type { StateMachineTargets } from './state-machine-targets.ts';
import type { States } from './states-language.ts';
import { taskOn } from './task-on.ts';

/** The states before the first round. */
export function openingStates(targets: StateMachineTargets): States {
  const task = taskOn(targets);
  return {
    OpenRun: task({
      Comment: 'Reads the request, and makes the calls for which the VPC has no endpoint.',
      function: targets.settleRunArn,
      payload: {
        step: 'open',
        execution,
        request: '{% $states.context.Execution.Input %}',
        limitSeconds: targets.timeoutSeconds,
        canCompareDigests: true,
      },
      retry: stepRetries,
      next: 'Opened',
    }),
    Opened: {
      Type: 'Choice',
      Comment: 'DONE if another execution is running and the request gives way to it.',
      Choices: [
        { Condition: "{% $states.input.decision = 'RUN' %}", Next: 'ListTenants' },
        { Condition: "{% $states.input.decision = 'HOLD' %}", Next: 'Hold' },
      ],
      Default: 'Done',
    },
  };
}
