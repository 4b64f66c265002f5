import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { FanfoldError } from '../../core/errors.ts';
import { awsError } from './aws-error.ts';

/**
 * The text of a secret in Secrets Manager. Throws `SecretMissing` and `SecretEmpty`, and what
 * `awsError` makes of the rest; none holds any of the text.
 *
 * @param what what the secret holds, in words that complete "the secret of …"
 */
export async function readSecretText(
  client: Pick<SecretsManagerClient, 'send'>,
  arn: string,
  what: string,
): Promise<string> {
  const { SecretString } = await getSecretValue(client, arn, what);
  if (SecretString !== undefined && SecretString.trim() !== '') return SecretString;
  throw new FanfoldError('SecretEmpty', `The secret of ${what} holds no text: ${arn}`, {
    fault: 'configuration',
    nextStep: 'Put its value in as text (SecretString), not as binary data.',
  });
}

async function getSecretValue(
  client: Pick<SecretsManagerClient, 'send'>,
  arn: string,
  what: string,
) {
  try {
    return await client.send(new GetSecretValueCommand({ SecretId: arn }));
  } catch (error) {
    const { name, message } = error as Error;
    // A secret that is marked for deletion, or whose current version lacks a value.
    if (name === 'ResourceNotFoundException' || name === 'InvalidRequestException') {
      throw new FanfoldError('SecretMissing', `There is no secret of ${what}: ${arn}: ${message}`, {
        fault: 'configuration',
        nextStep:
          'Create the secret, or restore it if it was deleted; then deploy with its ARN and press Redrive.',
        cause: error,
      });
    }
    throw awsError(error, { action: `read the secret of ${what}` });
  }
}
