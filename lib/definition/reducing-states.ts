import { stepRetries } from './retries.ts';
import { breakerTripped, execution, round } from './state-fields.ts';
import type { StateMachineTargets } from './state-machine-targets.ts';
import type { States } from './states-language.ts';
import { taskOn } from './task-on.ts';

/** The states that fold the outcomes of a round. */
export function reducingStates(targets: StateMachineTargets): States {
  const task = taskOn(targets);
  return {
    ReduceOutcomes: task({
      Comment: 'Folds the result files into the summary. A failed tenant does not fail this state.',
      function: targets.reduceOutcomesArn,
      payload: { execution, round, breakerTripped },
      retry: stepRetries,
      next: 'RecordOutcomes',
    }),
    RecordOutcomes: task({
      Comment:
        'Writes the reached versions to the central database. Its failure is only a warning.',
      function: targets.listTenantsArn,
      payload: { step: 'record', execution, round },
      retry: stepRetries,
      output: {
        round,
        breakerTripped,
        notRecorded: '{% $states.result.Payload.notRecorded %}',
      },
      catch: {
        ErrorEquals: ['States.ALL'],
        Output: { round, breakerTripped, notRecorded: null },
        Next: 'SettleRun',
      },
      next: 'SettleRun',
    }),
  };
}
