import { createCipheriv, randomBytes } from 'node:crypto';
import type { EncryptionKey } from './encryption-key.ts';
import { formatV1, V1_ALGORITHM, V1_BLOCK_BYTES } from './password-v1.ts';
import { refuseNoText } from './refuse-no-text.ts';

/**
 * Encrypts a tenant's database password for the central database, in version 1 with a fresh
 * initialization vector: two calls give two texts. Throws `PasswordNotText` for a string with half
 * a surrogate pair, which UTF-8 could only store as another password.
 */
export function encryptPasswordV1(key: EncryptionKey, password: string): string {
  refuseNoText(password);
  const iv = randomBytes(V1_BLOCK_BYTES);
  const cipher = createCipheriv(V1_ALGORITHM, key.cipherKey(), iv);
  const ciphertext = Buffer.concat([cipher.update(password, 'utf8'), cipher.final()]);
  return formatV1({ iv, ciphertext });
}
