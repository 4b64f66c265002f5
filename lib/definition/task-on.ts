import type { StateMachineTargets } from './state-machine-targets.ts';
import type { Catcher, Retrier, State } from './states-language.ts';

interface TaskOptions {
  readonly Comment: string;
  readonly function: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly retry: readonly Retrier[];
  readonly output?: unknown;
  readonly catch?: Catcher;
  readonly next: string;
  /** Default: longer than the function's own limit, at which the function fails with a cause. */
  readonly timeoutSeconds?: number;
}

/** Makes states that call a function. */
export function taskOn(targets: Pick<StateMachineTargets, 'partition' | 'functionTimeoutSeconds'>) {
  return (options: TaskOptions): State => ({
    Type: 'Task',
    Comment: options.Comment,
    Resource: `arn:${targets.partition}:states:::lambda:invoke`,
    Arguments: { FunctionName: options.function, Payload: options.payload },
    TimeoutSeconds: options.timeoutSeconds ?? targets.functionTimeoutSeconds + 60,
    Retry: options.retry,
    ...(options.catch === undefined ? {} : { Catch: [options.catch] }),
    Output: options.output ?? '{% $states.result.Payload %}',
    Next: options.next,
  });
}
