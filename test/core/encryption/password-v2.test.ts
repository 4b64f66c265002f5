import { createCipheriv } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encryptPasswordV2 } from '../../../src/core/encryption/encrypt-password-v2.ts';
import { openPasswordV2 } from '../../../src/core/encryption/open-password-v2.ts';
import { parseKeyRing } from '../../../src/core/encryption/parse-key-ring.ts';
import { additionalData, type PasswordRow } from '../../../src/core/encryption/password-v2.ts';
import type { FanfoldError } from '../../../src/core/errors.ts';
import { idOf } from '../../support/fleet.ts';
import { thrownBy } from '../../support/thrown-by.ts';

const K1 = 'the-first-key-of-32-characters!!';
const K2 = 'the-second-key-of-32-characters!';
const RING = parseKeyRing(JSON.stringify({ active: 'k2', keys: { k1: K1, k2: K2 } }));

const ROW: PasswordRow = {
  id: idOf(1),
  address: { host: 'db1.example.com', port: 3306, database: 'acme_db', user: 'acme' },
};

const PASSWORD = 'hunter2-the-password';

describe('a password of version 2', () => {
  it('a password of version 2 has the form of the design, and is never the same twice', () => {
    const written = Array.from({ length: 100 }, () => encryptPasswordV2(RING, ROW, PASSWORD));
    expect(new Set(written).size).toBe(100);
    // 12 bytes are 16 characters; 20 of text and 16 of tag are 48.
    for (const text of written) expect(text).toMatch(/^v2:k2:[\w-]{16}:[\w-]{48}$/);
  });

  it('a password of version 2 is AES-256-GCM as others write it', () => {
    const iv = Buffer.alloc(12, 7);
    const cipher = createCipheriv('aes-256-gcm', Buffer.from(K1), iv);
    cipher.setAAD(Buffer.from(`["${ROW.id}","db1.example.com",3306,"acme_db","acme"]`));
    const body = [cipher.update(PASSWORD, 'utf8'), cipher.final(), cipher.getAuthTag()];
    const text = `v2:k1:${iv.toString('base64url')}:${Buffer.concat(body).toString('base64url')}`;
    expect(openPasswordV2(RING, ROW, text)).toBe(PASSWORD);
  });

  it('a password of version 2 opens with its own row, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 1_000 }), (password) => {
        expect(openPasswordV2(RING, ROW, encryptPasswordV2(RING, ROW, password))).toBe(password);
      }),
    );
  });

  it('a password of version 2 opens if the host is written in another case', () => {
    const shouted = { ...ROW, address: { ...ROW.address, host: 'DB1.Example.com' } };
    expect(openPasswordV2(RING, shouted, encryptPasswordV2(RING, ROW, PASSWORD))).toBe(PASSWORD);
  });

  it.each([
    ['moved to the row of another tenant', { ...ROW, id: idOf(2) }],
    ['on another host', at({ host: 'evil.example.com' })],
    ['on another port', at({ port: 3307 })],
    ['on another database', at({ database: 'other_db' })],
    ['of another user', at({ user: 'root' })],
    ['whose parts run together otherwise', at({ database: 'acme_dbacme', user: '' })],
  ])(
    'a password of version 2 does not open in a row that is %s, and the error says so',
    (_, row) => {
      const text = encryptPasswordV2(RING, ROW, PASSWORD);
      const error = thrownBy(() => openPasswordV2(RING, row, text)) as FanfoldError;
      expect(error).toMatchObject({ code: 'PasswordMoved', fault: 'tenant', retryable: false });
      expect(error.message).toContain('encrypted for another tenant or another address');
      expect(error.nextStep).toContain('tenant:move');
      expectNoSecret(error, text);
    },
  );

  it('a password of version 2 does not open with one bit changed, whichever it is', () => {
    const [version, id, iv, body = ''] = encryptPasswordV2(RING, ROW, PASSWORD).split(':');
    const bytes = Buffer.from(body, 'base64url');
    for (let bit = 0; bit < 8 * bytes.length; bit += 1) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const text = [version, id, iv, changed.toString('base64url')].join(':');
      expect(thrownBy(() => openPasswordV2(RING, ROW, text))).toMatchObject({
        code: 'PasswordMoved',
      });
    }
  });

  it('a password of version 2 names the key that the ring lacks', () => {
    const text = encryptPasswordV2(RING, ROW, PASSWORD);
    const older = parseKeyRing(K1);
    const error = thrownBy(() => openPasswordV2(older, ROW, text)) as FanfoldError;
    expect(error).toMatchObject({ code: 'EncryptionKeyUnknown', fault: 'tenant' });
    expect(error.message).toBe(
      'The encrypted password names the key "k2", which the key ring lacks; it has "k1".',
    );
    expectNoSecret(error, text);
  });

  it.each([
    ['too few parts', 'v2:k1:AAAAAAAAAAAAAAAA', 'it has 2 colons instead of 3'],
    ['too many parts', 'v2:k1:AAAAAAAAAAAAAAAA:AAAA:', 'it has 4 colons instead of 3'],
    ['no key id', 'v2::AAAAAAAAAAAAAAAA:AAAA', 'not a key id'],
    ['a key id with a blank', 'v2:k 1:AAAAAAAAAAAAAAAA:AAAA', 'not a key id'],
    ['a short iv', 'v2:k1:AAAA:AAAA', 'not 12 bytes'],
    ['an iv that is no base64url', 'v2:k1:AAAAAAAAAAAAAA+/:AAAA', 'not 12 bytes'],
    ['a body that is cut off', 'v2:k1:AAAAAAAAAAAAAAAA:A', 'not base64url (cut off?)'],
    ['a body with padding', `v2:k1:AAAAAAAAAAAAAAAA:${'A'.repeat(23)}=`, 'not base64url'],
    ['less than a tag', 'v2:k1:AAAAAAAAAAAAAAAA:AAAA', 'has 3 bytes, fewer than its tag alone'],
    ['a line break at its end', `v2:k1:AAAAAAAAAAAAAAAA:${'A'.repeat(22)}\n`, 'not base64url'],
  ])('a password of version 2 is refused with %s', (_, text, reason) => {
    const error = thrownBy(() => openPasswordV2(RING, ROW, text)) as FanfoldError;
    expect(error).toMatchObject({
      code: 'PasswordFormatInvalid',
      fault: 'tenant',
      message: expect.stringMatching(/^Invalid encrypted password format: /),
      nextStep: expect.stringContaining('DB_ENCRYPTION_KEY'),
    });
    expect(error.message).toContain(reason);
  });

  it('a password of version 2 refuses half a surrogate pair rather than store another password', () => {
    expect(thrownBy(() => encryptPasswordV2(RING, ROW, 'a\ud83d'))).toMatchObject({
      code: 'PasswordNotText',
    });
  });

  it('a password of version 2 is bound to each row in a different way', () => {
    const text = fc.string({ maxLength: 8 });
    const row = fc.record({
      id: text,
      address: fc.record({ host: text, port: fc.nat(65_535), database: text, user: text }),
    });
    fc.assert(
      fc.property(row, row, (one, other) => {
        fc.pre(JSON.stringify(lower(one)) !== JSON.stringify(lower(other)));
        expect(Buffer.compare(additionalData(one), additionalData(other))).not.toBe(0);
      }),
    );
  });
});

function at(differing: Partial<PasswordRow['address']>): PasswordRow {
  return { ...ROW, address: { ...ROW.address, ...differing } };
}

function lower({ id, address }: PasswordRow): PasswordRow {
  return { id, address: { ...address, host: address.host.toLowerCase() } };
}

function expectNoSecret(error: unknown, encrypted: string): void {
  const prints = inspect(error, { depth: null, showHidden: true }) + JSON.stringify(error);
  for (const secret of [PASSWORD, K1, K2, encrypted.split(':')[3] ?? '']) {
    expect(prints).not.toContain(secret);
  }
}
