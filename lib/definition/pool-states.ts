import { stepRetries } from './retries.ts';
import type { StateMachineTargets } from './state-machine-targets.ts';
import type { State, States } from './states-language.ts';
import { taskOn } from './task-on.ts';

/** Leads from the end of a run over the whole fleet to the migration of the pool, if there is a pool. */
export function poolChoices({ provisionTenantArn }: StateMachineTargets): State['Choices'] & {} {
  return provisionTenantArn === undefined
    ? []
    : [{ Condition: '{% $states.input.migratesPool = true %}', Next: 'MigratePool' }];
}

/** The states after the tenants that migrate the databases which wait for new ones. They never fail a run. */
export function poolStates(targets: StateMachineTargets): States {
  const { provisionTenantArn } = targets;
  if (provisionTenantArn === undefined) return {};
  const task = taskOn(targets);
  return {
    MigratePool: task({
      Comment:
        'Migrates the databases that wait for new tenants. One that fails is not handed out, and fails no run.',
      function: provisionTenantArn,
      payload: { step: 'migrate-pool' },
      retry: stepRetries,
      output: "{% $merge([$states.input, {'pool': $states.result.Payload}]) %}",
      catch: { ErrorEquals: ['States.ALL'], Output: '{% $states.input %}', Next: 'Done' },
      next: 'PoolMigrated',
    }),
    PoolMigrated: {
      Type: 'Choice',
      Comment: 'Whether the invocation ended before the pool was migrated.',
      Choices: [{ Condition: '{% $states.input.pool.again = true %}', Next: 'MigratePool' }],
      Default: 'Done',
    },
  };
}
