import { createSecretKey, type KeyObject } from 'node:crypto';
import { FanfoldError } from '../errors.ts';

/** AES-256 takes this many bytes, and the guide's format takes them as they are: no derivation. */
export const KEY_BYTES = 32;

/** Stands for the key wherever it would be printed. */
const MASK = '[encryption key]';

/**
 * The key of encrypted passwords. It cannot be printed by accident: its bytes are held by
 * `node:crypto`, and `console.log`, `JSON.stringify` and `String` show a mask.
 */
export class EncryptionKey {
  readonly #key: KeyObject;

  /** Takes the 32 bytes of an AES-256 key. {@link parseEncryptionKey} checks what people typed. */
  constructor(bytes: Uint8Array) {
    this.#key = createSecretKey(bytes);
  }

  /** The key for a cipher of `node:crypto`. */
  cipherKey(): KeyObject {
    return this.#key;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  // `util.inspect.custom` by its registered name: the core does not have to import node:util.
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return MASK;
  }
}

/**
 * Reads the key as the guide's setup spells it: the 32 bytes of `DB_ENCRYPTION_KEY` in UTF-8.
 * Throws `EncryptionKeyMissing` or `EncryptionKeyInvalid`, neither of which holds the key.
 *
 * @param source what the errors call the place that the text comes from
 */
export function parseEncryptionKey(
  text: string | undefined,
  source = 'DB_ENCRYPTION_KEY',
): EncryptionKey {
  if (text === undefined || text === '') throw encryptionKeyMissing(source);
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length !== KEY_BYTES) throw encryptionKeyInvalid(text, bytes.length, source);
  return new EncryptionKey(bytes);
}

function encryptionKeyMissing(source: string): FanfoldError {
  return new FanfoldError('EncryptionKeyMissing', `${source} is not set.`, {
    fault: 'configuration',
    nextStep: `Set ${source} ${source === 'DB_ENCRYPTION_KEY' ? 'in the environment or in .env ' : ''}to the 32-byte key that the tenant passwords were encrypted with.`,
  });
}

function encryptionKeyInvalid(text: string, length: number, source: string): FanfoldError {
  return new FanfoldError(
    'EncryptionKeyInvalid',
    `${source} has ${length} bytes in UTF-8, and exactly ${KEY_BYTES} are needed.${likelyReason(text)}`,
    {
      fault: 'configuration',
      nextStep: `${source} has to be the very key that the tenant passwords were encrypted with, without quotes or a line break around it.`,
    },
  );
}

/** The usual reason for which a key is too long, without showing any of it. */
function likelyReason(text: string): string {
  if (/^\s|\s$/.test(text)) return ' It begins or ends with a blank or a line break.';
  if (/^(["']).*\1$/s.test(text)) return ' It is wrapped in quotes.';
  if (/^[0-9a-f]{64}$/i.test(text)) {
    return ' It looks like 32 bytes written as hex; the key is used literally, not decoded.';
  }
  const characters = [...text].length;
  return characters === KEY_BYTES
    ? ` It has ${KEY_BYTES} characters, but some take more than one byte.`
    : '';
}
