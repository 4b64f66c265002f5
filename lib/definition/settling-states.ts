import { poolChoices, poolStates } from './pool-states.ts';
import { stepRetries } from './retries.ts';
import { breakerTripped, execution, round } from './state-fields.ts';
import type { StateMachineTargets } from './state-machine-targets.ts';
import type { State, States } from './states-language.ts';
import { taskOn } from './task-on.ts';

/** The states that decide what follows a round. */
export function settlingStates(targets: StateMachineTargets): States {
  const task = taskOn(targets);
  return {
    SettleRun: task({
      Comment:
        'Decides what follows, and throws TenantMigrationsFailed if tenants are left. A redrive enters a failed task again, but not a Fail state.',
      function: targets.settleRunArn,
      payload: {
        step: 'settle',
        execution,
        round,
        breakerTripped,
        notRecorded: '{% $states.input.notRecorded %}',
      },
      retry: stepRetries,
      next: 'NextRound',
    }),
    NextRound: {
      Type: 'Choice',
      Choices: [
        { Condition: "{% $states.input.decision = 'RUN' %}", Next: 'ListTenants' },
        { Condition: "{% $states.input.decision = 'HOLD' %}", Next: 'Hold' },
        ...poolChoices(targets),
      ],
      Default: 'Done',
    },
    ...poolStates(targets),
  };
}

/** The end of a run without failures. */
export const DONE: State = {
  Type: 'Succeed',
  Output:
    "{% $exists($states.input.summary) ? $states.input.summary : {'message': $states.input.message} %}",
};
