import { createCipheriv, randomBytes } from 'node:crypto';
import { FanfoldError } from '../errors.ts';
import type { EncryptionKey } from './encryption-key.ts';
import { formatV1, V1_ALGORITHM, V1_BLOCK_BYTES } from './password-v1.ts';

/**
 * Encrypts a tenant's database password for the central database, in version 1 with a fresh
 * initialisation vector: two calls give two texts. Throws `PasswordNotText` for a string with half
 * a surrogate pair, which UTF-8 could only store as another password.
 */
export function encryptPassword(key: EncryptionKey, password: string): string {
  if (!password.isWellFormed()) {
    throw new FanfoldError(
      'PasswordNotText',
      'The password holds half a surrogate pair, which UTF-8 cannot store.',
      { fault: 'usage', nextStep: 'Set a password of whole Unicode characters and encrypt that.' },
    );
  }
  const iv = randomBytes(V1_BLOCK_BYTES);
  const cipher = createCipheriv(V1_ALGORITHM, key.cipherKey(), iv);
  const ciphertext = Buffer.concat([cipher.update(password, 'utf8'), cipher.final()]);
  return formatV1({ iv, ciphertext });
}
