import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { formatKeyRing } from '../../../src/core/encryption/format-key-ring.ts';
import { parseKeyRing } from '../../../src/core/encryption/parse-key-ring.ts';
import type { FanfoldError } from '../../../src/core/errors.ts';
import { thrownBy } from '../../support/thrown-by.ts';

const K1 = 'the-first-key-of-32-characters!!';
const K2 = 'the-second-key-of-32-characters!';

describe('parseKeyRing', () => {
  it('parseKeyRing accepts a bare key for k1, also of version 1', () => {
    const ring = parseKeyRing(K1);
    expect(ring).toMatchObject({ active: 'k1', v1: 'k1' });
    expect(keysOf(ring)).toEqual({ k1: K1 });
  });

  it('parseKeyRing accepts a bare key that begins with a brace', () => {
    const key = `{${'x'.repeat(30)}}`;
    expect(keysOf(parseKeyRing(key))).toEqual({ k1: key });
  });

  it('parseKeyRing reads a ring, also one that is written over several lines', () => {
    const text = `\n${JSON.stringify({ active: 'k2', keys: { k1: K1, k2: K2 }, v1: 'k1' }, null, 2)}\n`;
    const ring = parseKeyRing(text);
    expect(ring).toMatchObject({ active: 'k2', v1: 'k1' });
    expect(keysOf(ring)).toEqual({ k1: K1, k2: K2 });
  });

  it('parseKeyRing uses k1 as the key of version 1 if the ring does not name one', () => {
    const keys = { k1: K1, k2: K2 };
    expect(parseKeyRing(JSON.stringify({ active: 'k2', keys })).v1).toBe('k1');
    expect(parseKeyRing(JSON.stringify({ active: 'k2', keys, v1: 'k2' })).v1).toBe('k2');
    expect(parseKeyRing(JSON.stringify({ active: 'k2', keys: { k2: K2 } })).v1).toBeUndefined();
  });

  it('parseKeyRing accepts an id that is also a member of every object', () => {
    const text = `{"active":"__proto__","keys":{"__proto__":"${K1}"}}`;
    expect(keysOf(parseKeyRing(text))).toHaveProperty(['__proto__'], K1);
  });

  it.each([
    ['active key missing', ring('k3', { k1: K1, k2: K2 }), '"k3" as its active key and lacks that'],
    ['no active key named', JSON.stringify({ keys: { k1: K1 } }), 'names no active key'],
    ['a key as the active id', ring(K1, { k1: K1 }), 'one (not shown) as its active key'],
    ['active a number', ring(1, { k1: K1 }), 'one (not shown) as its active key'],
    ['key of v1 missing', ring('k2', { k2: K2 }, 'k1'), '"k1" as its v1 key and lacks that'],
    ['an id twice', `{"active":"k1","keys":{"k1":"${K1}","k1":"${K2}"}}`, 'twice'],
    [
      'an id twice, spelt in two ways',
      `{"active":"k1","keys":{"k1":"${K1}","\\u006b1":"${K2}"}}`,
      'twice',
    ],
    ['active twice', `{"active":"k1","active":"k2","keys":{"k1":"${K1}","k2":"${K2}"}}`, 'twice'],
    ['one key under two ids', ring('k1', { k1: K1, k2: K1 }), 'same key as "k1" and as "k2"'],
    ['no keys', ring('k1', {}), 'has no keys'],
    ['keys in a list', ring('k1', [K1]), 'has no keys'],
    ['a list', JSON.stringify([K1]), 'is not a JSON object'],
    ['broken JSON', `{"active":"k1","keys":{"k1":"${K1}"}`, 'is not JSON'],
    ['a key where an id should be', ring('k1', { [K1]: 'k1' }), 'a key id (not shown)'],
    ['an id with a colon', ring('a:b', { 'a:b': K1 }), 'a key id (not shown)'],
    ['a key that is no text', ring('k1', { k1: 7 }), 'no text as the key "k1"'],
    [
      'a member that we do not know',
      JSON.stringify({ active: 'k1', keys: { k1: K1 }, next: 'k1' }),
      'holds "next" beside',
    ],
    [
      'a key as a member',
      JSON.stringify({ active: 'k1', keys: { k1: K1 }, [K2]: 'k1' }),
      'holds a member beside',
    ],
  ])('parseKeyRing refuses a ring with %s, and shows no key', (_, text, what) => {
    const error = thrownBy(() => parseKeyRing(text, 'the secret of the keys')) as FanfoldError;
    expect(error).toMatchObject({ code: 'KeyRingInvalid', fault: 'configuration' });
    expect(error.message).toContain('the secret of the keys');
    expect(error.message).toContain(what);
    expect(error.nextStep).toContain('"active"');
    expectNoKey(error);
  });

  it('parseKeyRing refuses a key of the wrong length by its id', () => {
    const text = ring('k2', { k1: K1, k2: `${K2}x` });
    const error = thrownBy(() => parseKeyRing(text)) as FanfoldError;
    expect(error).toMatchObject({ code: 'EncryptionKeyInvalid', fault: 'configuration' });
    expect(error.message).toContain('The key "k2" in DB_ENCRYPTION_KEY has 33 bytes');
    expectNoKey(error);
  });

  it.each([undefined, ''])('parseKeyRing reports a missing key: %j', (text) => {
    expect(thrownBy(() => parseKeyRing(text))).toMatchObject({ code: 'EncryptionKeyMissing' });
  });

  it('a key ring is read again as it was written', () => {
    const parsed = parseKeyRing(ring('k2', { k1: K1, k2: K2 }, 'k1'));
    const again = parseKeyRing(formatKeyRing(parsed));
    expect(again).toMatchObject({ active: 'k2', v1: 'k1' });
    expect(keysOf(again)).toEqual(keysOf(parsed));
  });

  it('a key ring is not printed with its keys', () => {
    const parsed = parseKeyRing(ring('k2', { k1: K1, k2: K2 }));
    for (const print of [
      inspect(parsed, { depth: null, showHidden: true }),
      JSON.stringify(parsed),
    ]) {
      expect(print).not.toContain(K1);
      expect(print).not.toContain(K2);
    }
  });
});

function ring(active: unknown, keys: unknown, v1?: string): string {
  return JSON.stringify({ active, keys, v1 });
}

function keysOf({ keys }: ReturnType<typeof parseKeyRing>): Record<string, string> {
  return Object.fromEntries(
    [...keys].map(([id, key]) => [id, key.cipherKey().export().toString()]),
  );
}

function expectNoKey(error: unknown): void {
  const prints = inspect(error, { depth: null, showHidden: true }) + JSON.stringify(error);
  expect(prints).not.toContain(K1.slice(0, 20));
  expect(prints).not.toContain(K2.slice(0, 20));
}
