import { EncryptionKey } from '../../../src/core/encryption/encryption-key.ts';
import type { KeyRing, KeyRingStore } from '../../../src/core/encryption/key-ring.ts';
import { createPasswordOpener } from '../../../src/core/encryption/password-opener.ts';
import { createPasswordSealer } from '../../../src/core/encryption/password-sealer.ts';

/** A key ring in memory, and the real encryption over it. */
export function memoryKeyRing() {
  let ring: KeyRing = {
    active: 'k1',
    v1: 'k1',
    keys: new Map([['k1', new EncryptionKey(Buffer.alloc(32, 1))]]),
  };
  const store: KeyRingStore = {
    current: async () => ring,
    readAgain: async () => ring,
    async write(changed) {
      ring = changed;
    },
  };
  return {
    store,
    get ring() {
      return ring;
    },
    passwords: createPasswordOpener(store),
    sealer: createPasswordSealer(store, undefined),
  };
}
