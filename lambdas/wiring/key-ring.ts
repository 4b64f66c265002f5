import { createSecretsClient } from '../../src/adapters/aws/clients/create-secrets-client.ts';
import { readSecretText } from '../../src/adapters/aws/secret-text.ts';
import { cachedKeyRing, type KeyRingSource } from '../../src/core/encryption/key-ring.ts';
import { parseKeyRing } from '../../src/core/encryption/parse-key-ring.ts';
import type { LambdaEnvironment } from '../environment.ts';

/** The keys of the tenants' passwords as a secret of the stack holds them; the first event reads it. */
export function keyRingOf(environment: LambdaEnvironment): KeyRingSource {
  const arn = environment.required('keySecretArn');
  const secrets = createSecretsClient();
  return cachedKeyRing(async () =>
    parseKeyRing(
      await readSecretText(secrets, arn, 'the encryption key', '"encryptionKeySecretKeyArn"'),
      `The secret ${arn}`,
    ),
  );
}
