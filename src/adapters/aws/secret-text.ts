import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { FanfoldError } from '../../core/errors.ts';
import { awsError } from './aws-error.ts';

/** The label of the current version of a secret. */
export const CURRENT = 'AWSCURRENT';

/** A version of a secret. */
export interface SecretVersion {
  readonly text: string;
  readonly versionId: string;
}

/**
 * Reads the current version of a secret in Secrets Manager. Throws `SecretMissing`, `SecretEmpty` and the
 * errors of `awsError`; none of them contains any part of the text.
 *
 * @param what the contents of the secret, in words that complete "the secret of …"
 * @param keySetting of a function: the setting of the stack that names the secret's KMS key
 */
export async function readSecretVersion(
  client: Pick<SecretsManagerClient, 'send'>,
  arn: string,
  what: string,
  keySetting?: string,
): Promise<SecretVersion> {
  const { SecretString: text, VersionId: versionId = '' } = await getSecretValue(
    client,
    arn,
    what,
    keySetting,
  );
  if (text !== undefined && text.trim() !== '') return { text, versionId };
  throw new FanfoldError('SecretEmpty', `The secret of ${what} contains no text: ${arn}`, {
    fault: 'configuration',
    nextStep: 'Store its value as text (SecretString), not as binary data.',
  });
}

/** Reads the text of a secret; throws the same errors as {@link readSecretVersion}. */
export async function readSecretText(
  client: Pick<SecretsManagerClient, 'send'>,
  arn: string,
  what: string,
  keySetting?: string,
): Promise<string> {
  const { text } = await readSecretVersion(client, arn, what, keySetting);
  return text;
}

async function getSecretValue(
  client: Pick<SecretsManagerClient, 'send'>,
  arn: string,
  what: string,
  keySetting: string | undefined,
) {
  try {
    return await client.send(new GetSecretValueCommand({ SecretId: arn, VersionStage: CURRENT }));
  } catch (error) {
    const { name, message } = error as Error;
    // InvalidRequestException: the secret is marked for deletion, or its current version has no value.
    if (name === 'ResourceNotFoundException' || name === 'InvalidRequestException') {
      throw new FanfoldError('SecretMissing', `There is no secret of ${what}: ${arn}: ${message}`, {
        fault: 'configuration',
        nextStep:
          'Create the secret, or restore it if it was deleted; if its ARN has changed, deploy with the new one.',
        cause: error,
      });
    }
    const action = `read the secret of ${what}`;
    if (keySetting === undefined) throw awsError(error, { action });
    throw awsError(error, {
      action,
      caller: 'function',
      deniedHint: `If the secret has a KMS key of its own, name that key as ${keySetting} in the configuration of the stack, and deploy.`,
    });
  }
}
