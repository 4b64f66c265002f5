import type { KeyRing } from './key-ring.ts';

/**
 * Writes a ring as `parseKeyRing` reads it. The text holds every key: it goes to where the ring is
 * kept and nowhere else.
 */
export function formatKeyRing({ active, v1, keys }: KeyRing): string {
  const texts = [...keys].map(([id, key]) => [id, key.cipherKey().export().toString('utf8')]);
  return JSON.stringify({ active, keys: Object.fromEntries(texts), v1 });
}
