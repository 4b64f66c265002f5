import {
  fixedKeyRing,
  type KeyRingSource,
  type KeyRingStore,
} from '../../core/encryption/key-ring.ts';
import { parseKeyRing } from '../../core/encryption/parse-key-ring.ts';
import { FanfoldError } from '../../core/errors.ts';
import { createKeyRingFile } from './key-ring-file.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The key ring of the environment: in `DB_ENCRYPTION_KEY`, or in the file that
 * `DB_ENCRYPTION_KEY_FILE` names. Throws `KeyRingInvalid` where both are set, as they may differ.
 */
export function environmentKeyRing(env: Environment): KeyRingSource {
  return environmentKeyRingStore(env) ?? fixedKeyRing(parseKeyRing(env.DB_ENCRYPTION_KEY));
}

/** The same where it can be written; `undefined` where it is a variable, which nobody outlives. */
export function environmentKeyRingStore({
  DB_ENCRYPTION_KEY: text,
  DB_ENCRYPTION_KEY_FILE: file,
}: Environment): KeyRingStore | undefined {
  if (!file) return undefined;
  if (!text) return createKeyRingFile(file);
  throw new FanfoldError(
    'KeyRingInvalid',
    'DB_ENCRYPTION_KEY and DB_ENCRYPTION_KEY_FILE are both set, and may hold different keys.',
    { fault: 'configuration', nextStep: 'Take one of them out of the environment or of .env.' },
  );
}
