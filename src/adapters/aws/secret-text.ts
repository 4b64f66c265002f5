import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { FanfoldError } from '../../core/errors.ts';
import { awsError } from './aws-error.ts';

/** Label of the version of a secret that is in force. */
export const CURRENT = 'AWSCURRENT';

/** The version of a secret that is in force. */
export interface SecretVersion {
  readonly text: string;
  readonly versionId: string;
}

/**
 * Reads a secret in Secrets Manager. Throws `SecretMissing` and `SecretEmpty`, and what `awsError` makes
 * of the rest; none holds any of the text.
 *
 * @param what what the secret holds, in words that complete "the secret of …"
 */
export async function readSecret(
  client: Pick<SecretsManagerClient, 'send'>,
  arn: string,
  what: string,
): Promise<SecretVersion> {
  const { SecretString: text, VersionId: versionId = '' } = await getSecretValue(client, arn, what);
  if (text !== undefined && text.trim() !== '') return { text, versionId };
  throw new FanfoldError('SecretEmpty', `The secret of ${what} holds no text: ${arn}`, {
    fault: 'configuration',
    nextStep: 'Put its value in as text (SecretString), not as binary data.',
  });
}

/** The text of a secret; throws as {@link readSecret} does. */
export async function readSecretText(
  client: Pick<SecretsManagerClient, 'send'>,
  arn: string,
  what: string,
): Promise<string> {
  const { text } = await readSecret(client, arn, what);
  return text;
}

async function getSecretValue(
  client: Pick<SecretsManagerClient, 'send'>,
  arn: string,
  what: string,
) {
  try {
    return await client.send(new GetSecretValueCommand({ SecretId: arn, VersionStage: CURRENT }));
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
