import { FanfoldError } from '../errors.ts';
import type { KeyRing } from './key-ring.ts';

/** A password needs a key that the ring lacks. The stored ring may have it by now: see {@link KeyRingSource}. */
export function keyUnknown(needs: string, ring: KeyRing): FanfoldError {
  const ids = [...ring.keys.keys()].map((id) => `"${id}"`).join(', ');
  return new FanfoldError(
    'EncryptionKeyUnknown',
    `The encrypted password ${needs}, which the key ring lacks; it has ${ids}.`,
    {
      fault: 'tenant',
      nextStep:
        'Put that key back into the key ring; if it is lost, set a new database password with `fanfold tenant:rotate-password <tenant>`.',
    },
  );
}

/** Whether reading the key ring again may help after this error. */
export function isKeyUnknown(error: unknown): boolean {
  return error instanceof FanfoldError && error.code === 'EncryptionKeyUnknown';
}
