import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  cachedKeyRing,
  fixedKeyRing,
  type KeyRing,
} from '../../../src/core/encryption/key-ring.ts';
import { parseKeyRing } from '../../../src/core/encryption/parse-key-ring.ts';
import { createPasswordOpener } from '../../../src/core/encryption/password-opener.ts';
import {
  createPasswordSealer,
  type PasswordFormat,
  parsePasswordFormat,
} from '../../../src/core/encryption/password-sealer.ts';
import { FanfoldError } from '../../../src/core/errors.ts';
import { tenantOf } from '../../support/fleet.ts';
import { rejectionOf, thrownBy } from '../../support/thrown-by.ts';

const K1 = 'the-first-key-of-32-characters!!';
const K2 = 'the-second-key-of-32-characters!';
const BARE = parseKeyRing(K1);
const BOTH = parseKeyRing(JSON.stringify({ active: 'k2', keys: { k1: K1, k2: K2 }, v1: 'k1' }));
const LAST = parseKeyRing(JSON.stringify({ active: 'k2', keys: { k2: K2 } }));
const TENANT = tenantOf(1);

describe('an opener', () => {
  it.each([
    ['v1', BARE],
    ['v2', BARE],
    ['v2', BOTH],
    [undefined, BOTH],
  ] as const)('an opener decrypts passwords of a sealer in %s', async (format, ring) => {
    const row = { ...TENANT, encryptedPassword: await seal(ring, format) };
    expect(await createPasswordOpener(fixedKeyRing(ring)).open(row)).toBe('secret');
  });

  it('an opener decrypts both versions, whichever is written', async () => {
    const opener = createPasswordOpener(fixedKeyRing(BOTH));
    for (const encryptedPassword of [await seal(BARE, 'v1'), await seal(BOTH, 'v2')]) {
      expect(await opener.open({ ...TENANT, encryptedPassword })).toBe('secret');
    }
  });

  it('an opener reads the ring again, once, if it lacks a key, and keeps what it has read', async () => {
    const { source, readings } = ringsInTurn(BARE, BOTH);
    const opener = createPasswordOpener(source);
    const first = { ...TENANT, encryptedPassword: await seal(BARE, 'v1') };
    const second = { ...TENANT, encryptedPassword: await seal(BOTH, 'v2') };

    expect(await opener.open(first)).toBe('secret');
    expect(readings()).toBe(1);
    expect(await opener.open(second)).toBe('secret');
    expect(await opener.open(second)).toBe('secret');
    expect(await opener.open(first)).toBe('secret');
    expect(readings()).toBe(2);
  });

  it('an opener reads the ring again for version 1 too, and fails if that does not help', async () => {
    const row = { ...TENANT, encryptedPassword: await seal(BARE, 'v1') };
    expect(await createPasswordOpener(ringsInTurn(LAST, BOTH).source).open(row)).toBe('secret');

    const { source, readings } = ringsInTurn(LAST, LAST);
    expect(await rejectionOf(createPasswordOpener(source).open(row))).toMatchObject({
      code: 'EncryptionKeyUnknown',
      message:
        'The encrypted password is in version 1, whose key the ring would name as "v1", which the key ring lacks; it has "k2".',
    });
    expect(readings()).toBe(2);
  });

  it('an opener does not read the ring again for a password that no ring can open', async () => {
    const { source, readings } = ringsInTurn(LAST, LAST);
    for (const encryptedPassword of ['', 'hunter2', 'v2:k1', 'v2:k2:x:y']) {
      const error = await rejectionOf(
        createPasswordOpener(source).open({ ...TENANT, encryptedPassword }),
      );
      expect(error).toMatchObject({ code: 'PasswordFormatInvalid' });
    }
    expect(readings()).toBe(1);
  });

  it('an opener reads the ring once for many callers at the same time, and again after a failure', async () => {
    let readings = 0;
    const source = cachedKeyRing(async () => {
      readings += 1;
      if (readings === 1) throw new Error('no network');
      return BOTH;
    });
    await expect(source.current()).rejects.toThrow('no network');
    expect(await Promise.all([source.current(), source.readAgain(), source.current()])).toEqual([
      BOTH,
      BOTH,
      BOTH,
    ]);
    expect(readings).toBe(2);
  });

  it('an opener shows no key', () => {
    const opener = createPasswordOpener(fixedKeyRing(BARE));
    expect(inspect(opener, { depth: null, showHidden: true })).not.toContain(K1);
    expect(JSON.stringify(opener)).toBe('{}');
  });
});

describe('a sealer', () => {
  it('a sealer writes version 1 with the key of version 1 only, and else version 2', async () => {
    expect(await seal(BARE, undefined)).toMatch(/^[0-9a-f]{32}:/);
    expect(await seal(BARE, 'v2')).toMatch(/^v2:k1:/);
    expect(await seal(BOTH, undefined)).toMatch(/^v2:k2:/);
    for (const ring of [BOTH, LAST]) {
      expect(await rejectionOf(seal(ring, 'v1'))).toMatchObject({
        code: 'EncryptionFormatInvalid',
        fault: 'configuration',
      });
    }
  });

  it('a sealer takes its format from a variable', () => {
    expect([undefined, '', 'v1', 'v2'].map(parsePasswordFormat)).toEqual([
      undefined,
      undefined,
      'v1',
      'v2',
    ]);
    const error = thrownBy(() => parsePasswordFormat('V3'));
    expect(error).toBeInstanceOf(FanfoldError);
    expect(error).toMatchObject({ code: 'EncryptionFormatInvalid' });
  });
});

function seal(ring: KeyRing, format: PasswordFormat | undefined): Promise<string> {
  return createPasswordSealer(fixedKeyRing(ring), format).seal(TENANT, 'secret');
}

function ringsInTurn(...rings: readonly [KeyRing, KeyRing]) {
  let readings = 0;
  const source = cachedKeyRing(async () => rings[readings++] ?? rings[1]);
  return { source, readings: () => readings };
}
