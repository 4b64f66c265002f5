import { stepRetries } from './definition/retries.ts';
import type { StateMachineDefinition } from './definition/states-language.ts';
import { taskOn } from './definition/task-on.ts';
import type { ProvisionTenantTargets } from './provision-tenant-definition.ts';

/** Servers whose pools are filled at the same time. */
const SERVERS_AT_A_TIME = 10;

/**
 * Fills the pools of databases that wait for new tenants: those of the servers that have one, or the one of the server
 * that the input names. A server that fails does not keep the others from being filled.
 */
export function refillPoolDefinition(targets: ProvisionTenantTargets): StateMachineDefinition {
  const task = taskOn(targets);
  const call = { function: targets.provisionTenantArn, retry: stepRetries };
  return {
    Comment: 'Fills the pools of databases that wait for new tenants.',
    QueryLanguage: 'JSONata',
    TimeoutSeconds: targets.timeoutSeconds,
    StartAt: 'ListServers',
    States: {
      ListServers: task({
        ...call,
        Comment: 'Lists the servers from the central database.',
        payload: { step: 'list-servers', request: '{% $states.context.Execution.Input %}' },
        next: 'EachServer',
      }),
      EachServer: {
        Type: 'Map',
        Items: '{% $states.input.servers %}',
        MaxConcurrency: SERVERS_AT_A_TIME,
        ItemProcessor: {
          ProcessorConfig: { Mode: 'INLINE' },
          StartAt: 'FillPool',
          States: {
            FillPool: task({
              ...call,
              Comment:
                'Makes databases until there are enough, and migrates, resumes or makes anew those that are not ready.',
              payload: { step: 'fill-pool', server: '{% $states.input.server %}' },
              output: '{% $merge([$states.input, $states.result.Payload]) %}',
              catch: {
                ErrorEquals: ['States.ALL'],
                Output: { problem: '{% $states.errorOutput.Cause %}' },
                Next: 'Over',
              },
              next: 'More?',
            }),
            'More?': {
              Type: 'Choice',
              Comment: 'Whether the invocation ended before the pool was full.',
              Choices: [{ Condition: '{% $states.input.again = true %}', Next: 'FillPool' }],
              Default: 'Over',
            },
            Over: { Type: 'Succeed' },
          },
        },
        ItemSelector: { server: '{% $states.context.Map.Item.Value %}' },
        Output: { problems: '{% [$states.result.problem] %}' },
        Next: 'Full?',
      },
      'Full?': {
        Type: 'Choice',
        Choices: [{ Condition: '{% $count($states.input.problems) > 0 %}', Next: 'NotFilled' }],
        Default: 'Done',
      },
      NotFilled: {
        Type: 'Fail',
        Comment:
          'New tenants get databases of their own meanwhile. The next execution tries again.',
        Error: 'PoolNotFilled',
        Cause: "{% $join($states.input.problems, ' ') %}",
      },
      Done: { Type: 'Succeed' },
    },
  };
}
