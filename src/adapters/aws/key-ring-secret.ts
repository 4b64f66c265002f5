import { randomUUID } from 'node:crypto';
import {
  PutSecretValueCommand,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { formatKeyRing } from '../../core/encryption/format-key-ring.ts';
import type { KeyRing, KeyRingStore } from '../../core/encryption/key-ring.ts';
import { parseKeyRing } from '../../core/encryption/parse-key-ring.ts';
import { FanfoldError } from '../../core/errors.ts';
import { awsError } from './aws-error.ts';
import { CURRENT, readSecretVersion } from './secret-text.ts';

/** The label of a version that is written but not in effect yet. */
const NEXT = 'FANFOLD_NEXT';

const WHAT = 'the encryption key';

/**
 * The key ring, or the bare key, in a secret of Secrets Manager. A write takes effect only if the secret is
 * still the version that was read last. The service itself compares the versions: if two writers change the
 * ring at once, one of them gets `KeyRingChanged` (retryable), and no key is lost.
 */
export function createKeyRingSecret(
  client: Pick<SecretsManagerClient, 'send'>,
  arn: string,
): KeyRingStore {
  let kept: { readonly ring: KeyRing; readonly versionId: string } | undefined;

  const readAgain = async () => {
    const { text, versionId } = await readSecretVersion(client, arn, WHAT);
    kept = { ring: parseKeyRing(text, `The secret ${arn}`), versionId };
    return kept.ring;
  };

  /** Makes a version current, unless another version has replaced the one that was read. */
  const putInForce = async (versionId: string, before: string): Promise<void> => {
    try {
      await client.send(
        new UpdateSecretVersionStageCommand({
          SecretId: arn,
          VersionStage: CURRENT,
          MoveToVersionId: versionId,
          RemoveFromVersionId: before,
        }),
      );
    } catch (error) {
      const now = await readSecretVersion(client, arn, WHAT);
      // The response to an earlier attempt may have been lost.
      if (now.versionId === versionId) return;
      if (now.versionId !== before) throw changed(arn, error);
      throw awsError(error, { action: 'put a new version of the key ring in force' });
    }
  };

  return {
    current: async () => kept?.ring ?? readAgain(),
    readAgain,
    async write(ring) {
      if (kept === undefined) await readAgain();
      const before = kept?.versionId ?? '';
      const versionId = randomUUID();
      try {
        await client.send(
          new PutSecretValueCommand({
            SecretId: arn,
            // The token makes a repeated request idempotent, and becomes the id of the version.
            ClientRequestToken: versionId,
            SecretString: formatKeyRing(ring),
            VersionStages: [NEXT],
          }),
        );
      } catch (error) {
        throw awsError(error, { action: 'write the key ring' });
      }
      await putInForce(versionId, before);
      kept = { ring, versionId };
    },
  };
}

function changed(arn: string, cause: unknown): FanfoldError {
  return new FanfoldError(
    'KeyRingChanged',
    `The key ring has been changed by somebody else since it was read, and was not overwritten: ${arn}`,
    {
      fault: 'configuration',
      retryable: true,
      nextStep: 'Another rotation may be running: wait until it ends, then run the command again.',
      cause,
    },
  );
}
