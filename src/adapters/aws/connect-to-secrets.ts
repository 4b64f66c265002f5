import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import type { CentralDatabaseLogin } from '../../core/central/central-database-login.ts';
import { parseCentralDatabaseSecret } from '../../core/central/central-database-secret.ts';
import { parseCentralPlace } from '../../core/central/central-place.ts';
import type { KeyRingStore } from '../../core/encryption/key-ring.ts';
import { FanfoldError } from '../../core/errors.ts';
import { STACK_OUTPUTS } from '../../core/wire/stack-outputs.ts';
import { awsError } from './aws-error.ts';
import { createKeyRingSecret } from './key-ring-secret.ts';
import { findRemoteStack } from './remote-stack.ts';
import { readSecretText } from './secret-text.ts';

/** The secrets of a deployed stack, and the runs that use them. */
export interface StackSecrets {
  readonly ring: KeyRingStore;
  /** The login with which the stack's functions connect to the central database. */
  readonly centralLogin: CentralDatabaseLogin;
  /** The names of the running runs. */
  runningRuns(): Promise<string[]>;
}

const SOCKET = { connectionTimeout: 5_000, requestTimeout: 30_000 } as const;

/**
 * Connects to the secrets of a deployed stack. Region, credentials and endpoint come from the SDK. Throws
 * the errors of `findRemoteStack` and `readSecretVersion`.
 */
export async function connectToSecrets(name: string): Promise<StackSecrets> {
  const { region, stateMachineArn, centralSecret, centralDatabase, keySecret } =
    await findRemoteStack(new CloudFormationClient({ requestHandler: SOCKET }), name);
  const central = known(centralSecret, name, STACK_OUTPUTS.centralSecretArn);
  const secrets = new SecretsManagerClient({ region, requestHandler: SOCKET });
  const states = new SFNClient({ region, requestHandler: SOCKET });
  const text = await readSecretText(secrets, central, 'the central database');
  return {
    ring: createKeyRingSecret(secrets, known(keySecret, name, STACK_OUTPUTS.keySecretArn)),
    centralLogin: parseCentralDatabaseSecret(
      text,
      `The secret ${central}`,
      parseCentralPlace(centralDatabase, `The output ${STACK_OUTPUTS.centralDatabase}`),
    ),
    async runningRuns() {
      try {
        const { executions = [] } = await states.send(
          new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING' }),
        );
        return executions.map(({ name: run = '' }) => run);
      } catch (error) {
        throw awsError(error, { action: 'list the runs', region });
      }
    },
  };
}

function known(arn: string | undefined, stack: string, output: string): string {
  if (arn !== undefined) return arn;
  throw new FanfoldError('StackIncomplete', `The stack "${stack}" has no output ${output}.`, {
    fault: 'configuration',
    nextStep: 'Deploy it again: `npx cdk deploy`',
  });
}
