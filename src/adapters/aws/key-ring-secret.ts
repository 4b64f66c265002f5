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
import { CURRENT, readSecret } from './secret-text.ts';

/** Label of a version that is written and not in force yet. */
const NEXT = 'FANFOLD_NEXT';

const WHAT = 'the encryption key';

/**
 * The key ring, or the bare key, in a secret of Secrets Manager. What is written counts only if the
 * secret still is what was read last: the service itself compares the versions, so that of two who
 * change the ring at once one is told `KeyRingChanged` (retryable), and no key is lost.
 */
export function createKeyRingSecret(
  client: Pick<SecretsManagerClient, 'send'>,
  arn: string,
): KeyRingStore {
  let kept: { readonly ring: KeyRing; readonly versionId: string } | undefined;

  const readAgain = async () => {
    const { text, versionId } = await readSecret(client, arn, WHAT);
    kept = { ring: parseKeyRing(text, `The secret ${arn}`), versionId };
    return kept.ring;
  };

  /** Puts a version in force, unless another one has taken the place of the one that was read. */
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
      const now = await readSecret(client, arn, WHAT);
      // The answer to a first try may have been lost.
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
            // Makes a repeated request the same one, and is the id of the version.
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
    `Somebody else has changed the key ring since it was read; it was left as they made it: ${arn}`,
    {
      fault: 'configuration',
      retryable: true,
      nextStep: 'Another rotation may be under way: wait for its end, then run it again.',
      cause,
    },
  );
}
