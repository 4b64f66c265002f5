import { createDecipheriv } from 'node:crypto';
import { FanfoldError } from '../errors.ts';
import type { EncryptionKey } from './encryption-key.ts';
import { describeV1Defect, type PasswordV1, parseV1, V1_ALGORITHM } from './password-v1.ts';

/**
 * Opens an encrypted password of the central database. Throws `PasswordFormatInvalid` for what is
 * not in the format, `PasswordWrongKey` for what this key does not open; neither holds any part of
 * the password, the ciphertext or the key.
 */
export function openPassword(key: EncryptionKey, encryptedPassword: string): string {
  if (encryptedPassword.startsWith('v2:')) throw passwordVersionUnknown();
  const parts = parseV1(encryptedPassword);
  if (parts === undefined) throw passwordFormatInvalid(describeV1Defect(encryptedPassword));
  const password = decode(decrypt(key, parts));
  if (password === undefined) throw passwordWrongKey();
  return password;
}

/** The plaintext's bytes; `undefined` where the padding is wrong. */
function decrypt(key: EncryptionKey, { iv, ciphertext }: PasswordV1): Uint8Array | undefined {
  const decipher = createDecipheriv(V1_ALGORITHM, key.cipherKey(), iv);
  try {
    return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
  } catch {
    return undefined;
  }
}

/**
 * The text; `undefined` where the bytes are not UTF-8. A wrong key passes for right padding once in
 * 256 times, and then leaves random bytes.
 */
function decode(bytes: Uint8Array | undefined): string | undefined {
  // ignoreBOM keeps a leading U+FEFF: it is part of the password.
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  try {
    return bytes && decoder.decode(bytes);
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
        'Check that DB_ENCRYPTION_KEY matches the key used for encryption, encrypt the password with `npm run secrets:encrypt` and store the result as the tenant’s password.',
    },
  );
}

function passwordVersionUnknown(): FanfoldError {
  return new FanfoldError(
    'PasswordFormatInvalid',
    'Invalid encrypted password format: this is a v2 password, and this version of Fanfold reads v1 only, hex(iv):hex(ciphertext).',
    {
      fault: 'tenant',
      nextStep:
        'Use a version of Fanfold that reads v2, or check DB_ENCRYPTION_KEY and encrypt the password again with `npm run secrets:encrypt`.',
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
        'Check that DB_ENCRYPTION_KEY matches the key used for encryption; where that key is lost, set a new database password, encrypt it with `npm run secrets:encrypt` and store the result in dbPassword.',
    },
  );
}
