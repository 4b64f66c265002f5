import { createCipheriv, randomBytes } from 'node:crypto';
import { activeKey, type KeyRing } from './key-ring.ts';
import {
  additionalData,
  formatV2,
  type PasswordRow,
  V2_ALGORITHM,
  V2_IV_BYTES,
  V2_TAG_BYTES,
} from './password-v2.ts';
import { refuseNoText } from './refuse-no-text.ts';

/**
 * Encrypts the password of one row in version 2, under the ring's active key. Throws
 * `PasswordNotText` for a string with half a surrogate pair.
 */
export function encryptPasswordV2(ring: KeyRing, row: PasswordRow, password: string): string {
  refuseNoText(password);
  const iv = randomBytes(V2_IV_BYTES);
  const cipher = createCipheriv(V2_ALGORITHM, activeKey(ring).cipherKey(), iv, {
    authTagLength: V2_TAG_BYTES,
  });
  cipher.setAAD(additionalData(row));
  const ciphertext = Buffer.concat([cipher.update(password, 'utf8'), cipher.final()]);
  return formatV2({ keyId: ring.active, iv, ciphertext, tag: cipher.getAuthTag() });
}
