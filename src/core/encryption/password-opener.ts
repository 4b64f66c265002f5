import type { PasswordOpener } from '../ports.ts';
import type { KeyRingSource } from './key-ring.ts';
import { isKeyUnknown } from './key-unknown.ts';
import { openPassword } from './open-password.ts';

/** The {@link PasswordOpener} over a key ring, which it reads again if a key is unknown. */
export function createPasswordOpener(source: KeyRingSource): PasswordOpener {
  return {
    async open(login) {
      try {
        return openPassword(await source.current(), login);
      } catch (error) {
        if (!isKeyUnknown(error)) throw error;
        return openPassword(await source.readAgain(), login);
      }
    },
  };
}
