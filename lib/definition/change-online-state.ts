import { onlineTaskRetries } from './retries.ts';
import type { OnlineTaskTargets } from './state-machine-targets.ts';
import type { State } from './states-language.ts';

/**
 * The state that has a task of Fargate migrate a tenant whose huge table a program changes beside its users. The state
 * lasts as long as the task, and stopping the execution stops the task. Whatever came of it, the migrator looks at the tenant
 * again: the tenant's database decides, and not the end of a program.
 */
export function changeOnlineState(partition: string, task: OnlineTaskTargets): State {
  return {
    Type: 'Task',
    Comment: 'Migrates the tenant by a task that may take hours.',
    Resource: `arn:${partition}:states:::ecs:runTask.sync`,
    Arguments: {
      Cluster: task.clusterArn,
      TaskDefinition: task.family,
      LaunchType: 'FARGATE',
      NetworkConfiguration: {
        AwsvpcConfiguration: {
          Subnets: task.subnetIds,
          SecurityGroups: task.securityGroupIds,
          AssignPublicIp: 'DISABLED',
        },
      },
      Overrides: {
        ContainerOverrides: [{ Name: task.container, Command: '{% $states.input.command %}' }],
      },
    },
    TimeoutSeconds: task.timeoutSeconds,
    Retry: onlineTaskRetries,
    Catch: [
      {
        ErrorEquals: ['States.ALL'],
        Output: ended("{'error': $states.errorOutput.Error, 'cause': $states.errorOutput.Cause}"),
        Next: 'MigrateTenant',
      },
    ],
    Output: ended('{}'),
    Next: 'MigrateTenant',
  };
}

/** The input of the next invocation: what the one before has left, with the end of the task. */
function ended(end: string): string {
  return `{% $merge([$states.input, {'continuation': $merge([$states.input.continuation, {'online': ${end}}])}]) %}`;
}
