import type { EncryptionKey } from './encryption-key.ts';

/**
 * The keys of encrypted passwords by id. Printing it shows ids at most: an {@link EncryptionKey}
 * masks itself.
 */
export interface KeyRing {
  /** Id of the key that new passwords are encrypted with. */
  readonly active: string;
  /** Id of the one key of version 1, which has no id in its format; absent if no such row remains. */
  readonly v1?: string | undefined;
  /** Holds at least the keys that `active` and `v1` name. */
  readonly keys: ReadonlyMap<string, EncryptionKey>;
}

/** The id of a bare key, one without a ring around it. */
export const BARE_KEY_ID = 'k1';

/** An id is between colons in version 2, and shorter than a key: errors never show a key. */
export const KEY_ID = /^[A-Za-z0-9._-]{1,24}$/;

/** The key that new passwords are encrypted with. */
export function activeKey(ring: KeyRing): EncryptionKey {
  const key = ring.keys.get(ring.active);
  if (key === undefined) throw new TypeError('The key ring lacks its active key.');
  return key;
}

/**
 * The source of the ring. A process caches it, and reads it again if a password names
 * a key that the ring lacks, since somebody may have added one meanwhile.
 */
export interface KeyRingSource {
  /** The ring as it was read last. Throws `FanfoldError`s with fault `configuration`. */
  current(): Promise<KeyRing>;
  /** The ring as it is now. */
  readAgain(): Promise<KeyRing>;
}

/** The store of the ring, through which it can be changed. */
export interface KeyRingStore extends KeyRingSource {
  /** Replaces the ring, whole or not at all; `current` returns the new one from then on. */
  write(ring: KeyRing): Promise<void>;
}

/** A ring that does not change while the process lives, such as that of an environment variable. */
export function fixedKeyRing(ring: KeyRing): KeyRingSource {
  return { current: async () => ring, readAgain: async () => ring };
}

/**
 * Keeps the result of `read`. Calls that come while it is being read share one reading; a reading that failed
 * is not kept.
 */
export function cachedKeyRing(read: () => Promise<KeyRing>): KeyRingSource {
  let kept: Promise<KeyRing> | undefined;
  let reading: Promise<KeyRing> | undefined;
  const readAgain = (): Promise<KeyRing> => {
    reading ??= read().finally(() => {
      reading = undefined;
    });
    const asked = reading;
    asked.then(
      () => {
        kept = asked;
      },
      () => {},
    );
    return asked;
  };
  return { current: () => kept ?? readAgain(), readAgain };
}
