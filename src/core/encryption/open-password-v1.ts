import { createDecipheriv } from 'node:crypto';
import { FanfoldError } from '../errors.ts';
import { decodeUtf8 } from './decode-utf8.ts';
import type { EncryptionKey } from './encryption-key.ts';
import { describeV1Defect, type PasswordV1, parseV1, V1_ALGORITHM } from './password-v1.ts';

/**
 * Opens a password that was encrypted in version 1. Throws `PasswordFormatInvalid` for a text in another
 * format, `PasswordWrongKey` if this key does not open it; neither holds any part of the password, the
 * ciphertext or the key.
 */
export function openPasswordV1(key: EncryptionKey, encryptedPassword: string): string {
  const parts = parseV1(encryptedPassword);
  if (parts === undefined) throw passwordFormatInvalid(describeV1Defect(encryptedPassword));
  const bytes = decrypt(key, parts);
  // A wrong key passes for right padding once in 256 times, and then leaves random bytes.
  const password = bytes && decodeUtf8(bytes);
  if (password === undefined) throw passwordWrongKey();
  return password;
}

/** The plaintext's bytes; `undefined` if the padding is wrong. */
function decrypt(key: EncryptionKey, { iv, ciphertext }: PasswordV1): Uint8Array | undefined {
  const decipher = createDecipheriv(V1_ALGORITHM, key.cipherKey(), iv);
  try {
    return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
  } catch {
    return undefined;
  }
}

// "Invalid encrypted password format" is what the guide's users search for.
function passwordFormatInvalid(defect: string): FanfoldError {
  return new FanfoldError(
    'PasswordFormatInvalid',
    `Invalid encrypted password format: expected hex(iv):hex(ciphertext), that is 32 hex digits, a colon and a multiple of 32 hex digits, but ${defect}.`,
    {
      fault: 'tenant',
      nextStep:
        'Check that DB_ENCRYPTION_KEY matches the key used for encryption, encrypt the password with `fanfold secrets:encrypt` and store the result as the tenant’s password.',
    },
  );
}

function passwordWrongKey(): FanfoldError {
  return new FanfoldError(
    'PasswordWrongKey',
    'The encrypted password does not open with this DB_ENCRYPTION_KEY: it was encrypted with another key, or changed since.',
    {
      fault: 'tenant',
      nextStep:
        'Check that DB_ENCRYPTION_KEY matches the key used for encryption; if that key is lost, set a new database password, encrypt it with `fanfold secrets:encrypt` and store the result in dbPassword.',
    },
  );
}
