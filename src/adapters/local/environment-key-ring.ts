import { KEY_BYTES } from '../../core/encryption/encryption-key.ts';
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
 * `DB_ENCRYPTION_KEY_FILE` names. Throws `KeyRingInvalid` if both are set, as they may differ.
 */
export function environmentKeyRing(env: Environment): KeyRingSource {
  return environmentKeyRingStore(env) ?? fixedKeyRing(parseKeyRing(env.DB_ENCRYPTION_KEY));
}

/** The same if it can be written; `undefined` if it is a variable, which nobody outlives. */
export function environmentKeyRingStore({
  DB_ENCRYPTION_KEY: text,
  DB_ENCRYPTION_KEY_FILE: file,
}: Environment): KeyRingStore | undefined {
  if (!file) return undefined;
  if (mayBeKey(file)) {
    throw new FanfoldError(
      'KeyRingInvalid',
      "DB_ENCRYPTION_KEY_FILE seems to hold a key itself (not shown), and not a file's name.",
      {
        fault: 'configuration',
        nextStep: 'Set DB_ENCRYPTION_KEY instead, or name the file with its folder: ./name',
      },
    );
  }
  if (!text) return createKeyRingFile(file);
  throw new FanfoldError(
    'KeyRingInvalid',
    'DB_ENCRYPTION_KEY and DB_ENCRYPTION_KEY_FILE are both set, and may hold different keys.',
    { fault: 'configuration', nextStep: 'Take one of them out of the environment or of .env.' },
  );
}

/** A ring, or a text as long as a key that is neither a path nor has an extension. */
function mayBeKey(file: string): boolean {
  return /^\s*[{"']/.test(file) || (Buffer.byteLength(file) === KEY_BYTES && !/[/\\.]/.test(file));
}
