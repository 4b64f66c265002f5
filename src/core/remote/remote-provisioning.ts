import type { ProvisionRequest } from '../wire/provision-request.ts';
import type { RemoteRun, RemoteStack } from './remote-runs.ts';

/**
 * The executions of one deployed stack's ProvisionTenant. Every method throws `FanfoldError`s, those of AWS
 * retryable if waiting may help.
 */
export interface RemoteProvisioning {
  readonly stack: RemoteStack;
  /** Address of an execution in the console of AWS; absent if another endpoint replaces AWS. */
  consoleUrl(arn: string): string | undefined;
  /** Starts an execution of that name, which is used once; returns its ARN. */
  start(name: string, request: ProvisionRequest): Promise<string>;
  read(arn: string): Promise<RemoteRun>;
}
