import type { OperationAnswer, OperationName, OperationRequest } from '../wire/operator-schemas.ts';
import type { RemoteStack } from './remote-runs.ts';

/**
 * One of the functions of a deployed stack that work for an operator. It reaches the databases, so that the
 * operator's machine does not have to.
 */
export interface RemoteOperator {
  readonly stack: RemoteStack;
  /**
   * Has one operation carried out, and waits for it; `signal` only ends the wait for a function that Lambda
   * has yet to prepare. Throws the errors of the function as if they had been thrown here; `VersionsDiffer`,
   * `OperatorTimedOut`, `OperatorFailed`, `OperatorAnswerTooLarge`, and the errors of AWS, of which
   * `AwsAccessDenied` names the grant that is missing.
   */
  ask<Name extends OperationName>(
    operation: Name,
    request: OperationRequest<Name>,
    signal?: AbortSignal,
  ): Promise<OperationAnswer<Name>>;
}
