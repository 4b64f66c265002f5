import type { RemoteStack } from './remote-runs.ts';
import type { OperationAnswer, OperationName, OperationRequest } from './wire/operator-schemas.ts';

/**
 * One of the functions of a deployed stack that work for an operator: it reaches the databases, and the machine
 * of the operator need not.
 */
export interface RemoteOperator {
  readonly stack: RemoteStack;
  /**
   * Has one operation carried out, and waits for it; `signal` only ends the wait for a function that Lambda
   * has yet to prepare. Throws what the function refuses, as if it had been thrown
   * here; `VersionsDiffer`, `OperatorTimedOut`, `OperatorFailed`,
   * `OperatorAnswerTooLarge`, and the errors of AWS, of which `AwsAccessDenied` names the grant that is missing.
   */
  ask<Name extends OperationName>(
    operation: Name,
    request: OperationRequest<Name>,
    signal?: AbortSignal,
  ): Promise<OperationAnswer<Name>>;
}
