import type { KeyRing } from './key-ring.ts';

/**
 * Writes a ring as `parseKeyRing` reads it. The text holds every key: write it to the store of the ring and
 * nowhere else.
 */
export function formatKeyRing({ active, v1, keys }: KeyRing): string {
  const texts = [...keys].map(([id, key]) => [id, key.cipherKey().export().toString('utf8')]);
  return JSON.stringify({ active, keys: Object.fromEntries(texts), v1 });
}
