import { createDecipheriv } from 'node:crypto';
import { FanfoldError } from '../errors.ts';
import { serverName } from '../tenant.ts';
import { decodeUtf8 } from './decode-utf8.ts';
import type { EncryptionKey } from './encryption-key.ts';
import type { KeyRing } from './key-ring.ts';
import { keyUnknown } from './key-unknown.ts';
import {
  additionalData,
  type PasswordRow,
  type PasswordV2,
  parseV2,
  V2_ALGORITHM,
  V2_TAG_BYTES,
} from './password-v2.ts';

/**
 * Opens the password of one row that was encrypted in version 2. Throws `PasswordFormatInvalid`,
 * `EncryptionKeyUnknown` if the ring lacks its key, and `PasswordMoved` if it does not open
 * beside this row; none holds any part of the password, the ciphertext or a key.
 */
export function openPasswordV2(ring: KeyRing, row: PasswordRow, encryptedPassword: string): string {
  const parts = parseV2(encryptedPassword);
  if ('defect' in parts) throw passwordFormatInvalid(parts.defect);
  const key = ring.keys.get(parts.keyId);
  if (key === undefined) throw keyUnknown(`names the key "${parts.keyId}"`, ring);
  const bytes = decrypt(key, row, parts);
  const password = bytes && decodeUtf8(bytes);
  if (password === undefined) throw passwordMoved(row, parts.keyId);
  return password;
}

/**
 * The plaintext's bytes; `undefined` if the tag does not fit. Without a fitting tag the plaintext is not
 * looked at: an error that distinguished a wrong key from a moved text would reveal it, bit by bit, to anyone
 * who may change rows and watch the errors.
 */
function decrypt(key: EncryptionKey, row: PasswordRow, parts: PasswordV2): Uint8Array | undefined {
  const decipher = createDecipheriv(V2_ALGORITHM, key.cipherKey(), parts.iv, {
    authTagLength: V2_TAG_BYTES,
  });
  decipher.setAAD(additionalData(row));
  decipher.setAuthTag(parts.tag);
  try {
    return Buffer.concat([decipher.update(parts.ciphertext), decipher.final()]);
  } catch {
    return undefined;
  }
}

function passwordFormatInvalid(defect: string): FanfoldError {
  return new FanfoldError(
    'PasswordFormatInvalid',
    `Invalid encrypted password format: expected v2:<key id>:<iv>:<ciphertext and tag>, the last two in base64url, but ${defect}.`,
    {
      fault: 'tenant',
      nextStep:
        'Check that nothing cut the text off; else encrypt the password with `fanfold secrets:encrypt --tenant <tenant>` and store the result in dbPassword. DB_ENCRYPTION_KEY has to hold the key that it names.',
    },
  );
}

function passwordMoved({ address }: PasswordRow, keyId: string): FanfoldError {
  return new FanfoldError(
    'PasswordMoved',
    `The encrypted password does not open beside this row: it was encrypted for another tenant or another address than user "${address.user}" on database "${address.database}" at ${serverName(address)}, or it was changed, or the key "${keyId}" is not the one it was encrypted with.`,
    {
      fault: 'tenant',
      nextStep:
        "If a row's host, port, database or user was changed by hand, set it back and change it with `fanfold tenant:move <tenant>`, which encrypts the password again; never copy dbPassword from one row to another. If the key was replaced under its id, put the old one back.",
    },
  );
}
