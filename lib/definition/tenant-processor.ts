import { changeOnlineState } from './change-online-state.ts';
import { tenantRetries } from './retries.ts';
import type { StateMachineTargets } from './state-machine-targets.ts';
import type { State } from './states-language.ts';
import { taskOn } from './task-on.ts';

/** The states of a child execution: one tenant, in as many invocations as its migrations need. */
export function tenantProcessor(targets: StateMachineTargets) {
  const task = taskOn(targets);
  const { onlineTask } = targets;
  const needsTask = { Condition: "{% $states.input.status = 'online' %}", Next: 'ChangeOnline' };
  return {
    // An EXPRESS child ends after five minutes.
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
    StartAt: 'MigrateTenant',
    States: {
      MigrateTenant: task({
        Comment: 'Throws if the tenant failed, so that its child execution fails.',
        function: targets.migrateTenantArn,
        payload: {
          step: 'migrate',
          run: '{% $states.input.run %}',
          item: '{% $states.input.item %}',
          retryCount: '{% $states.context.State.RetryCount %}',
          continuation:
            '{% $exists($states.input.continuation) ? $states.input.continuation : null %}',
        },
        retry: tenantRetries,
        // A tenant whose migration continues needs its item again.
        output:
          "{% $states.result.Payload.status in ['continue', 'online'] ? $merge([$states.input, $states.result.Payload]) : $states.result.Payload %}",
        next: 'Continue?',
      }),
      'Continue?': {
        Type: 'Choice',
        Comment: 'Whether the invocation ended before the tenant did.',
        Choices: [
          { Condition: "{% $states.input.status = 'continue' %}", Next: 'Wait' },
          ...(onlineTask === undefined ? [] : [needsTask]),
        ],
        Default: 'TenantDone',
      },
      Wait: {
        Type: 'Wait',
        Seconds: '{% $states.input.waitSeconds %}',
        Next: 'MigrateTenant',
      },
      ...(onlineTask !== undefined && {
        ChangeOnline: changeOnlineState(targets.partition, onlineTask),
      }),
      TenantDone: { Type: 'Succeed' },
    },
  } satisfies State['ItemProcessor'];
}
