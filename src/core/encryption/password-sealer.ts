import { FanfoldError } from '../errors.ts';
import { encryptPasswordV1 } from './encrypt-password-v1.ts';
import { encryptPasswordV2 } from './encrypt-password-v2.ts';
import { activeKey, type KeyRing, type KeyRingSource } from './key-ring.ts';
import type { PasswordRow } from './password-v2.ts';

/** The format in which passwords are written; both formats are always read. */
export type PasswordFormat = 'v1' | 'v2';

/** Encrypts passwords for the rows in which they will be stored. */
export interface PasswordSealer {
  /** Throws `PasswordNotText`, and `FanfoldError`s with fault `configuration` for the key ring. */
  seal(row: PasswordRow, password: string): Promise<string>;
}

/**
 * Encrypts under the ring's active key.
 *
 * @param format `undefined` takes version 1, the guide's, while its key is the active one: under any other
 * key a version 1 password could not be opened, because it does not name its key
 */
export function createPasswordSealer(
  source: KeyRingSource,
  format: PasswordFormat | undefined,
): PasswordSealer {
  return {
    async seal(row, password) {
      // Reads the ring again: a key that was dropped since the process began would never open it again.
      const ring = await source.readAgain();
      return formatFor(ring, format) === 'v1'
        ? encryptPasswordV1(activeKey(ring), password)
        : encryptPasswordV2(ring, row, password);
    },
  };
}

/** The format in which passwords are written. Throws `EncryptionFormatInvalid` if it is not possible. */
export function formatFor(ring: KeyRing, format: PasswordFormat | undefined): PasswordFormat {
  const writesV1 = ring.active === ring.v1;
  if (format === 'v1' && !writesV1) {
    throw new FanfoldError(
      'EncryptionFormatInvalid',
      `Passwords cannot be written in version 1: it is bound to one key, ${ring.v1 === undefined ? 'and the key ring names none for it' : `"${ring.v1}"`}, while the active key is "${ring.active}".`,
      {
        fault: 'configuration',
        nextStep: 'Set DB_ENCRYPTION_FORMAT=v2, or leave it out.',
      },
    );
  }
  return format ?? (writesV1 ? 'v1' : 'v2');
}

/** Reads `DB_ENCRYPTION_FORMAT`: empty or absent leaves the choice to Fanfold. Throws `EncryptionFormatInvalid`. */
export function parsePasswordFormat(text: string | undefined): PasswordFormat | undefined {
  if (text === undefined || text === '') return undefined;
  if (text === 'v1' || text === 'v2') return text;
  throw new FanfoldError(
    'EncryptionFormatInvalid',
    `DB_ENCRYPTION_FORMAT is ${JSON.stringify(text.slice(0, 20))}, expected v1 or v2.`,
    { fault: 'configuration', nextStep: 'Set it to v2, to v1, or leave it out.' },
  );
}
