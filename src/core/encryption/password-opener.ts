import type { PasswordOpener } from '../ports.ts';
import type { EncryptionKey } from './encryption-key.ts';
import { openPassword } from './open-password.ts';

/** The {@link PasswordOpener} over one key, as `DB_ENCRYPTION_KEY` gives it. */
export function createPasswordOpener(key: EncryptionKey): PasswordOpener {
  return { open: (encryptedPassword) => openPassword(key, encryptedPassword) };
}
