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
 * The key ring from the environment: in `DB_ENCRYPTION_KEY`, or in the file that
 * `DB_ENCRYPTION_KEY_FILE` names. Only the ring in a file can be written. Throws `KeyRingInvalid` if both
 * are set, because they may differ.
 */
export function environmentKeyRing(env: Environment): KeyRingSource | KeyRingStore {
  return keyRingInFile(env) ?? fixedKeyRing(parseKeyRing(env.DB_ENCRYPTION_KEY));
}

function keyRingInFile({
  DB_ENCRYPTION_KEY: text,
  DB_ENCRYPTION_KEY_FILE: file,
}: Environment): KeyRingStore | undefined {
  if (!file) return undefined;
  if (mayBeKey(file)) {
    throw new FanfoldError(
      'KeyRingInvalid',
      'DB_ENCRYPTION_KEY_FILE seems to contain a key (not shown) instead of a file name.',
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
    { fault: 'configuration', nextStep: 'Remove one of them from the environment or from .env.' },
  );
}

/** Whether the text looks like a key ring, or has the length of a key and is not a path. */
function mayBeKey(file: string): boolean {
  return /^\s*[{"']/.test(file) || (Buffer.byteLength(file) === KEY_BYTES && !/[/\\.]/.test(file));
}
