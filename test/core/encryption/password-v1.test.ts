import { createCipheriv, createDecipheriv } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encryptPasswordV1 } from '../../../src/core/encryption/encrypt-password-v1.ts';
import { parseEncryptionKey } from '../../../src/core/encryption/encryption-key.ts';
import { openPasswordV1 } from '../../../src/core/encryption/open-password-v1.ts';
import type { FanfoldError } from '../../../src/core/errors.ts';
import { thrownBy } from '../../support/thrown-by.ts';

const KEY_TEXT = 'your-32-character-secret-key!!!!';
const KEY = parseEncryptionKey(KEY_TEXT);
const OTHER_KEY = parseEncryptionKey('another-32-character-secret-key!');
const IV = '00112233445566778899aabbccddeeff';

describe('openPasswordV1', () => {
  // Made by: openssl enc -aes-256-cbc -K <hex of the key> -iv <hex>
  it.each([
    ['', '51b55e3f0a9b5af196b6b8e051d0f006:8641848a42c75b39e23f08a3d35fc5c4'],
    ['x', '9d4ca516681dac760b1c9970f0cd35ca:83306d11f5fcff7ee982d344c76bcfc4'],
    ['15-bytes-long!!', '0df986b750c2652f48e58de4341bc70e:77d5d21d5084acfcdf986de48e63a6b0'],
    [
      '16-bytes-long!!!',
      '63092cf482dd84723842e0cbf189c624:89d1a4aa73cd4dd6a360abb3f3de63d4af8070a2cadf7a556aae8494d742c3c1',
    ],
    [
      '17-bytes-long!!!!',
      'e9c6fc90e001dfbf5548b73fa5fc2a5b:ac7e17b4399760c8fc82bcbd9583874035493b7b709721150cd474d71cb45913',
    ],
    [
      'pässwörd 🔐🧨',
      '5d1c5b8bed8f2b4c70ca48c55743f3f9:926b9c57d15c517f6ef833576f3e936484a81f8ff8134339cfd927710005ee63',
    ],
  ])('openPasswordV1 decrypts text of openssl: %j', (password, encrypted) => {
    expect(openPasswordV1(KEY, encrypted)).toBe(password);
    expect(openPasswordV1(KEY, encrypted.toUpperCase())).toBe(password);
  });

  it.each([
    ['an empty text', '', 'it is empty'],
    ['the password itself', 'hunter2', 'it has no colon'],
    ['only hex', 'ab'.repeat(32), 'it has no colon'],
    ['no iv', `:${'ab'.repeat(16)}`, 'nothing is before the colon'],
    ['no ciphertext', `${IV}:`, 'nothing is after the colon'],
    ['three parts', `${IV}:${'ab'.repeat(16)}:${'ab'.repeat(16)}`, 'it has 2 colons'],
    ['an iv of 15 bytes', `${IV.slice(2)}:${'ab'.repeat(16)}`, 'has 30 hex digits instead of 32'],
    ['an iv of 17 bytes', `00${IV}:${'ab'.repeat(16)}`, 'has 34 hex digits instead of 32'],
    ['an odd number of digits', `${IV}:${'ab'.repeat(16)}a`, 'has 33 hex digits, which is not a'],
    ['a ciphertext cut off', `${IV}:${'ab'.repeat(15)}`, 'has 30 hex digits, which is not a'],
    ['what is not hex', `${IV}:${'zz'.repeat(16)}`, 'the part after the colon is not hex'],
    [
      'an iv that is not hex',
      `${'z'.repeat(32)}:${'ab'.repeat(16)}`,
      'before the colon is not hex',
    ],
    ['a line break at the end', `${IV}:${'ab'.repeat(16)}\n`, 'a blank or a line break'],
  ])('openPasswordV1 refuses %s', (_, encrypted, reason) => {
    const error = thrownBy(() => openPasswordV1(KEY, encrypted)) as FanfoldError;
    expect(error).toMatchObject({
      code: 'PasswordFormatInvalid',
      fault: 'tenant',
      retryable: false,
      message: expect.stringMatching(/^Invalid encrypted password format: /),
      nextStep: expect.stringContaining('DB_ENCRYPTION_KEY'),
    });
    expect(error.message).toContain('hex(iv):hex(ciphertext)');
    expect(error.message).toContain(reason);
  });

  it('openPasswordV1 recognizes a wrong key by the padding, or by bytes that are not text', () => {
    const wrong = { code: 'PasswordWrongKey', fault: 'tenant', retryable: false };
    let sawPaddingFit = false;
    // 1 in 256 has right padding by chance: 5,000 tries all miss it once in 300 million test runs.
    for (let tries = 0; tries < 5_000 && !sawPaddingFit; tries += 1) {
      const encrypted = encryptPasswordV1(KEY, 'correct horse battery staple');
      expect(thrownBy(() => openPasswordV1(OTHER_KEY, encrypted))).toMatchObject(wrong);
      sawPaddingFit = paddingFits(encrypted);
    }
    expect(sawPaddingFit).toBe(true);
  });

  it('openPasswordV1 reports a wrong key if the bytes are not UTF-8', () => {
    const cipher = createCipheriv('aes-256-cbc', KEY.cipherKey(), Buffer.from(IV, 'hex'));
    const bytes = Buffer.concat([cipher.update(Buffer.from([0xff, 0xfe])), cipher.final()]);
    const encrypted = `${IV}:${bytes.toString('hex')}`;
    expect(thrownBy(() => openPasswordV1(KEY, encrypted))).toMatchObject({
      code: 'PasswordWrongKey',
    });
  });
});

describe('encryptPasswordV1', () => {
  it('encryptPasswordV1 never writes the same text twice', () => {
    const written = Array.from({ length: 100 }, () => encryptPasswordV1(KEY, 'same'));
    expect(new Set(written).size).toBe(100);
    for (const text of written) expect(text).toMatch(/^[0-9a-f]{32}:[0-9a-f]{32}$/);
  });

  it('openPasswordV1 reverses encryptPasswordV1 for any text', () => {
    const password = fc.string({ unit: 'binary', maxLength: 1_000 });
    fc.assert(
      fc.property(password, (text) => {
        expect(openPasswordV1(KEY, encryptPasswordV1(KEY, text))).toBe(text);
      }),
    );
  });

  it('encryptPasswordV1 keeps a byte order mark and blanks, which belong to the password', () => {
    for (const text of ['\uFEFFmarked', ' padded ', 'null\0inside', '\r\n']) {
      expect(openPasswordV1(KEY, encryptPasswordV1(KEY, text))).toBe(text);
    }
  });

  it('encryptPasswordV1 refuses half a surrogate pair rather than store another password', () => {
    expect(thrownBy(() => encryptPasswordV1(KEY, 'a\ud83d'))).toMatchObject({
      code: 'PasswordNotText',
      fault: 'usage',
    });
  });
});

describe('no secret', () => {
  it('no secret is in an error, however it is printed', () => {
    const password = 'hunter2-the-password';
    const encrypted = encryptPasswordV1(KEY, password);
    const ciphertext = encrypted.split(':')[1] as string;
    const errors = [password, `${password}:${password}`, `${encrypted}00`, `v2:${password}`].map(
      (text) => thrownBy(() => openPasswordV1(KEY, text)),
    );
    errors.push(thrownBy(() => openPasswordV1(OTHER_KEY, encrypted)));
    errors.push(thrownBy(() => encryptPasswordV1(KEY, `${password}\ud83d`)));
    for (const error of errors) {
      const prints = [
        inspect(error, { depth: null, showHidden: true }),
        JSON.stringify(error),
        String((error as Error).stack),
      ];
      for (const print of prints) {
        expect(print).not.toContain(password);
        expect(print).not.toContain(ciphertext);
        expect(print).not.toContain(KEY_TEXT);
      }
    }
  });
});

function paddingFits(encrypted: string): boolean {
  const [iv = '', ciphertext = ''] = encrypted.split(':');
  const decipher = createDecipheriv('aes-256-cbc', OTHER_KEY.cipherKey(), Buffer.from(iv, 'hex'));
  try {
    decipher.update(Buffer.from(ciphertext, 'hex'));
    decipher.final();
    return true;
  } catch {
    return false;
  }
}
