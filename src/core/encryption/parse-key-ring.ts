import { FanfoldError } from '../errors.ts';
import { type EncryptionKey, KEY_BYTES, parseEncryptionKey } from './encryption-key.ts';
import { BARE_KEY_ID, KEY_ID, type KeyRing } from './key-ring.ts';
import { hasRepeatedJsonKey } from './repeated-json-key.ts';

const FORM = '{"active":"k2","keys":{"k1":"<32 characters>","k2":"<32 characters>"},"v1":"k1"}';
const MEMBERS = ['active', 'keys', 'v1'];

/**
 * Reads a key ring: JSON such as `{"active":"k2","keys":{"k1":"…","k2":"…"},"v1":"k1"}`, or a bare
 * key of 32 bytes, which is a ring of `k1` alone. `v1` names the key of passwords in version 1;
 * without it that is `k1`, if there is one.
 *
 * Throws `EncryptionKeyMissing`, `EncryptionKeyInvalid` and `KeyRingInvalid` (fault
 * `configuration`); none contains a key, nor a value in place of an id: it may be a key.
 *
 * @param source what the errors call the place that the text comes from
 */
export function parseKeyRing(text: string | undefined, source = 'DB_ENCRYPTION_KEY'): KeyRing {
  // No ring is as short as a key, so that a key may begin with a brace.
  const isRing =
    text !== undefined && /^\s*[{[]/.test(text) && Buffer.byteLength(text) !== KEY_BYTES;
  if (!isRing) {
    const key = parseEncryptionKey(text, source);
    return { active: BARE_KEY_ID, v1: BARE_KEY_ID, keys: new Map([[BARE_KEY_ID, key]]) };
  }
  const { active, keys: given, v1 } = readRing(text, source);
  const keys = readKeys(given, source);
  const named = { active, v1: v1 ?? (keys.has(BARE_KEY_ID) ? BARE_KEY_ID : undefined) };
  return {
    active: checkNamed('active', named.active, keys, source),
    v1: named.v1 === undefined ? undefined : checkNamed('v1', named.v1, keys, source),
    keys,
  };
}

function readRing(text: string, source: string): Record<string, unknown> {
  let ring: unknown;
  try {
    ring = JSON.parse(text);
  } catch {
    // The parser's message quotes the text.
    throw keyRingInvalid(source, 'begins like a key ring and is not JSON');
  }
  if (!isObject(ring)) throw keyRingInvalid(source, 'is not a JSON object');
  if (hasRepeatedJsonKey(text)) {
    throw keyRingInvalid(source, 'has a key id, or another name, twice');
  }
  const others = Object.keys(ring).filter((name) => !MEMBERS.includes(name));
  if (others.length > 0) {
    const shown = others.filter((name) => KEY_ID.test(name)).map((name) => `"${name}"`);
    throw keyRingInvalid(
      source,
      `holds ${shown.length === others.length ? shown.join(', ') : 'a member'} beside active, keys and v1`,
    );
  }
  return ring;
}

function readKeys(given: unknown, source: string): Map<string, EncryptionKey> {
  if (!isObject(given) || Object.keys(given).length === 0) {
    throw keyRingInvalid(source, 'has no keys: "keys" is not an object with a key by each id');
  }
  const keys = new Map<string, EncryptionKey>();
  for (const [id, text] of Object.entries(given)) {
    if (!KEY_ID.test(id)) {
      throw keyRingInvalid(
        source,
        'has a key id (not shown) that is not 1 to 24 letters, digits, dots, hyphens and underscores',
      );
    }
    if (typeof text !== 'string') throw keyRingInvalid(source, `has no text as the key "${id}"`);
    const key = parseEncryptionKey(text, `The key "${id}" in ${source}`);
    for (const [other, earlier] of keys) {
      if (earlier.cipherKey().equals(key.cipherKey())) {
        throw keyRingInvalid(source, `has the same key as "${other}" and as "${id}"`);
      }
    }
    keys.set(id, key);
  }
  return keys;
}

function checkNamed(
  member: 'active' | 'v1',
  id: unknown,
  keys: ReadonlyMap<string, EncryptionKey>,
  source: string,
): string {
  if (typeof id === 'string' && keys.has(id)) return id;
  const has = `its keys are ${[...keys.keys()].map((known) => `"${known}"`).join(', ')}`;
  if (id === undefined) throw keyRingInvalid(source, `names no ${member} key; ${has}`);
  const shown = typeof id === 'string' && KEY_ID.test(id) ? `"${id}"` : 'one (not shown)';
  throw keyRingInvalid(source, `names ${shown} as its ${member} key and lacks that; ${has}`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function keyRingInvalid(source: string, what: string): FanfoldError {
  return new FanfoldError('KeyRingInvalid', `The key ring in ${source} ${what}.`, {
    fault: 'configuration',
    nextStep: `Correct ${source}. A ring has the form ${FORM}; a bare key of ${KEY_BYTES} characters will do as well.`,
  });
}
