import { FanfoldError } from '../errors.ts';
import type { KeyRing } from './key-ring.ts';

const CODE = 'EncryptionKeyUnknown';

/** A password needs a key that the ring does not have. The ring may have it by now: see {@link KeyRingSource}. */
export function keyUnknown(needs: string, ring: KeyRing): FanfoldError {
  const ids = [...ring.keys.keys()].map((id) => `"${id}"`).join(', ');
  return new FanfoldError(
    CODE,
    `The encrypted password ${needs}, which the key ring lacks; it has ${ids}.`,
    {
      fault: 'tenant',
      nextStep:
        'Put that key back into the key ring; where it is lost, set a new database password with `fanfold tenant:rotate-password <tenant>`.',
    },
  );
}

/** Whether an error says that reading the key ring again may help. */
export function isKeyUnknown(error: unknown): boolean {
  return error instanceof FanfoldError && error.code === CODE;
}
