import { describe, expect, it } from 'vitest';
import { createSecretSearch } from './secret-search.ts';

const SECRET = 'pä$$ "w<o>r&d" \\ it\'s / 100%+1=2?';

/** Forms in which a careless program leaks a secret. */
const LEAKS: Record<string, (secret: string) => string> = {
  plain: (secret) => `login as ${secret}!`,
  'cut off': (secret) => `login as ${secret.slice(0, 20)}…`,
  'wrapped at a blank': (secret) => `login as ${secret.replaceAll(' ', '\n   ')}`,
  'wrapped in the middle': (secret) => `login as ${secret.slice(0, 9)}\n${secret.slice(9)}`,
  'the end alone': (secret) => `…${secret.slice(-20)}`,
  JSON: (secret) => JSON.stringify({ cause: { secret } }),
  'JSON in JSON': (secret) => JSON.stringify({ body: JSON.stringify({ secret }) }),
  URL: (secret) => `mysql://root:${encodeURIComponent(secret)}@db1`,
  form: (secret) => new URLSearchParams({ secret }).toString(),
  hex: (secret) => `0x${Buffer.from(secret).toString('hex')}`,
  HEX: (secret) => `x'${Buffer.from(secret).toString('hex').toUpperCase()}'`,
  base64: (secret) => Buffer.from(secret).toString('base64'),
  base64url: (secret) => Buffer.from(secret).toString('base64url'),
  'base64 behind a': (secret) => Buffer.from(`a${secret}zz`).toString('base64'),
  'base64 behind ab': (secret) => Buffer.from(`ab${secret}z`).toString('base64'),
  'base64 behind a user': (secret) => Buffer.from(`root:${secret}`).toString('base64'),
  SQL: (secret) => `IDENTIFIED BY '${secret.replaceAll(/['"\\]/g, '\\$&')}'`,
  HTML: (secret) =>
    `<p>${secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;')}</p>`,
};

describe('the search for secrets', () => {
  it.each(Object.entries(LEAKS))('the search for secrets finds a secret: %s', (_, leak) => {
    for (const secret of [
      SECRET,
      'a-key-of-32-bytes-for-tests-only',
      'Zq8_x-77Yb4kLm2Zq8_x-77Yb',
    ]) {
      const search = createSecretSearch();
      search.take('the log', leak(secret));
      search.take('elsewhere', 'nothing');
      search.add(secret);
      expect(search.findings()).toContainEqual(expect.stringMatching(/^the log: (as|in)/));
      expect(search.findings().join()).not.toContain('elsewhere');
      expect(search.findings().join()).not.toContain(secret);
    }
  });

  it('the search for secrets finds nothing in a text without secrets', () => {
    const search = createSecretSearch();
    search.add(SECRET);
    search.take('the log', `login as ${SECRET.slice(0, 9)}`);
    expect([search.findings(), search.size]).toEqual([[], 1]);
  });
});
