/** When a failed task is tried again. */
export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds: number;
  readonly BackoffRate: number;
  readonly MaxDelaySeconds: number;
  readonly MaxAttempts: number;
  readonly JitterStrategy: 'FULL' | 'NONE';
}

/** The state that follows a failed task. */
export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Output: Readonly<Record<string, unknown>> | string;
  readonly Next: string;
}

/** A state as the States Language writes it; the fields that other code reads are named. */
export interface State {
  readonly Type: 'Task' | 'Choice' | 'Map' | 'Wait' | 'Succeed' | 'Fail';
  readonly Comment?: string;
  readonly Next?: string;
  readonly End?: true;
  readonly Default?: string;
  readonly Choices?: readonly {
    readonly Condition: string;
    readonly Next: string;
    readonly Output?: unknown;
  }[];
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
  readonly ItemProcessor?: Program & { readonly ProcessorConfig: Readonly<Record<string, string>> };
  readonly [field: string]: unknown;
}

/** States by name, in the order in which a picture shows them. */
export type States = Readonly<Record<string, State>>;

export interface Program {
  readonly StartAt: string;
  readonly States: States;
}

export interface StateMachineDefinition extends Program {
  readonly Comment: string;
  readonly QueryLanguage: 'JSONata';
  readonly TimeoutSeconds: number;
}
