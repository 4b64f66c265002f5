import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { FanfoldError } from '../../core/errors.ts';
import type { RemoteProvisioning } from '../../core/remote/remote-provisioning.ts';
import type { RemoteStack } from '../../core/remote/remote-runs.ts';
import { awsError } from './aws-error.ts';
import { consoleUrl } from './console-url.ts';
import { hasOwnEndpoint } from './has-own-endpoint.ts';
import { remoteRun } from './remote-run.ts';
import { findRemoteStack } from './remote-stack.ts';

const SOCKET = { connectionTimeout: 5_000, requestTimeout: 30_000 } as const;

/**
 * Connects to the ProvisionTenant state machine of a deployed stack; region and credentials come from the
 * SDK. Throws the errors of `findRemoteStack`, and `ProvisioningNotDeployed` for a stack without one.
 */
export async function connectToProvisioning(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<RemoteProvisioning> {
  const stack = await findRemoteStack(new CloudFormationClient({ requestHandler: SOCKET }), name);
  const { region } = stack;
  return createRemoteProvisioning(
    stack,
    new SFNClient({ region, requestHandler: SOCKET }),
    !hasOwnEndpoint(env),
  );
}

/**
 * Provisioning with the given client; throws `ProvisioningNotDeployed`.
 *
 * @param hasConsole whether this is AWS itself, and not another endpoint
 */
export function createRemoteProvisioning(
  stack: RemoteStack,
  states: Pick<SFNClient, 'send'>,
  hasConsole: boolean,
): RemoteProvisioning {
  const { region, provisionMachineArn: stateMachineArn } = stack;
  if (stateMachineArn === undefined) throw notDeployed(stack);
  const explained = async <Answer>(action: string, call: Promise<Answer>): Promise<Answer> => {
    try {
      return await call;
    } catch (error) {
      throw awsError(error, { action, region });
    }
  };
  return {
    stack,
    consoleUrl: (arn) => (hasConsole ? consoleUrl(region, arn) : undefined),
    async start(executionName, request) {
      const input = JSON.stringify(request);
      const command = new StartExecutionCommand({ stateMachineArn, name: executionName, input });
      const { executionArn } = await explained('provision a tenant', states.send(command));
      return executionArn ?? '';
    },
    async read(executionArn) {
      const command = new DescribeExecutionCommand({ executionArn });
      return remoteRun(await explained('read the state of a provisioning', states.send(command)));
    },
  };
}

function notDeployed({ name }: RemoteStack): FanfoldError {
  return new FanfoldError(
    'ProvisioningNotDeployed',
    `The stack "${name}" has no state machine that provisions tenants.`,
    {
      fault: 'configuration',
      nextStep:
        'Configure "provisioning" with "adminSecrets" and deploy (docs/how-to/aws.md); or provision from this machine, without --aws.',
    },
  );
}
