import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parseEncryptionKey } from '../../../src/core/encryption/encryption-key.ts';
import { FanfoldError } from '../../../src/core/errors.ts';
import { thrownBy } from '../../support/thrown-by.ts';

const KEY = 'your-32-character-secret-key!!!!';

describe('parseEncryptionKey', () => {
  it.each([
    ['32 ASCII characters', KEY],
    ['16 characters of two bytes', 'é'.repeat(16)],
    ['8 characters of four bytes', '🔐'.repeat(8)],
    ['blanks inside', `a${' '.repeat(30)}b`],
  ])('parseEncryptionKey accepts 32 bytes: %s', (_, text) => {
    expect(parseEncryptionKey(text).cipherKey().export()).toEqual(Buffer.from(text));
  });

  it.each([
    ['undefined', undefined],
    ['empty', ''],
  ])('parseEncryptionKey reports a missing key: %s', (_, text) => {
    expect(thrownBy(() => parseEncryptionKey(text))).toMatchObject({
      code: 'EncryptionKeyMissing',
      fault: 'configuration',
      message: 'DB_ENCRYPTION_KEY is not set.',
    });
  });

  it.each([
    ['31 bytes', KEY.slice(1), 'has 31 bytes', ''],
    ['33 bytes', `${KEY}x`, 'has 33 bytes', ''],
    ["the guide's own example", 'your-32-character-secret-key!!', 'has 30 bytes', ''],
    [
      '32 characters of more than 32 bytes',
      `${KEY.slice(1)}é`,
      'has 33 bytes',
      '32 characters, but some take more than one byte',
    ],
    ['a line break at the end', `${KEY}\n`, 'has 33 bytes', 'a blank or a line break'],
    ['quotes', `"${KEY}"`, 'has 34 bytes', 'wrapped in quotes'],
    ['hex', Buffer.from(KEY).toString('hex'), 'has 64 bytes', 'written as hex'],
  ])(
    'parseEncryptionKey refuses %s, and names the number of its bytes',
    (_, text, length, reason) => {
      const error = thrownBy(() => parseEncryptionKey(text));
      expect(error).toBeInstanceOf(FanfoldError);
      expect(error).toMatchObject({ code: 'EncryptionKeyInvalid', fault: 'configuration' });
      const { message } = error as FanfoldError;
      expect(message).toContain(length);
      expect(message).toContain('exactly 32 are needed');
      expect(message).toContain(reason);
      expect(inspect(error, { depth: null, showHidden: true })).not.toContain(text.trim());
    },
  );
});

describe('an encryption key', () => {
  it('an encryption key is not printed, by whatever way', () => {
    const key = parseEncryptionKey(KEY);
    const held = { nested: { key } };
    const prints = [
      String(key),
      `${key}`,
      JSON.stringify(held),
      inspect(held, { depth: null, showHidden: true }),
      inspect(key, { customInspect: false, showHidden: true, depth: null }),
      JSON.stringify(Object.entries(key)),
      inspect(structuredClone({ ...key })),
    ];
    for (const print of prints) {
      expect(print).not.toContain(KEY);
      expect(print).not.toContain(Buffer.from(KEY).toString('hex'));
    }
    expect(JSON.stringify(held)).toBe('{"nested":{"key":"[encryption key]"}}');
    expect(inspect(held)).toBe('{ nested: { key: [encryption key] } }');
  });
});
