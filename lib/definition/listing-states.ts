import { stepRetries } from './retries.ts';
import { execution, round } from './state-fields.ts';
import type { StateMachineTargets } from './state-machine-targets.ts';
import type { States } from './states-language.ts';
import { taskOn } from './task-on.ts';

/** The states before the Map of a round. */
export function listingStates(targets: StateMachineTargets): States {
  const task = taskOn(targets);
  return {
    ListTenants: task({
      Comment: "Writes the round's items from the central database as it is now.",
      function: targets.listTenantsArn,
      payload: { step: 'list', execution, round },
      retry: stepRetries,
      next: 'MoreToDo',
    }),
    MoreToDo: {
      Type: 'Choice',
      Choices: [
        { Condition: "{% $states.input.decision = 'AGAIN' %}", Next: 'ListTenants' },
        { Condition: '{% $exists($states.input.shapes) %}', Next: 'WarmUp' },
        {
          Condition: "{% $exists($states.input.readsDigests) and $states.input.decision = 'RUN' %}",
          Next: 'ReadDigests',
        },
        { Condition: "{% $states.input.decision = 'RUN' %}", Next: 'WarmUp' },
      ],
      Default: 'ReduceOutcomes',
    },
    ReadDigests: task({
      Comment:
        'Reads what the servers have counted of the statements of the tenants, for the comparison after the wave.',
      function: targets.watchDigestsArn,
      payload: { step: 'before', execution, round },
      retry: stepRetries,
      output: '{% $states.input %}',
      next: 'WarmUp',
    }),
    WarmUp: task({
      Comment:
        'Wakes the migrator, which Lambda has made inactive if it was not invoked for weeks, before the Map starts children.',
      function: targets.migrateTenantArn,
      payload: { step: 'warm' },
      retry: stepRetries,
      output: '{% $states.input %}',
      next: 'ProbeFirst',
    }),
  };
}
