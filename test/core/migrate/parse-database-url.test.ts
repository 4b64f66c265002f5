import { expect, test } from 'vitest';
import { parseDatabaseUrl } from '../../../src/core/migrate/parse-database-url.ts';

test('the URL of a database is read with its parts percent-decoded and the usual port', () => {
  expect(parseDatabaseUrl('mysql://ann:a%20b@db.example/shop', 'The URL')).toEqual({
    host: 'db.example',
    port: 3306,
    user: 'ann',
    password: 'a b',
    database: 'shop',
  });
});

test.each([undefined, '', '  '])(
  'a database URL that is missing (%j) is reported with the form',
  (url) => {
    expect(() => parseDatabaseUrl(url, 'DATABASE_URL')).toThrow(
      expect.objectContaining({
        code: 'DatabaseUrlMissing',
        nextStep: expect.stringContaining('mysql://user:password@host:3306/database'),
      }),
    );
  },
);

test.each([
  ['no database', 'mysql://ann:hush@db.example', 'The URL names no database.'],
  ['no user', 'mysql://db.example/hush', 'The URL names no user.'],
  ['options', 'mysql://ann:hush@db.example/shop?tls=off', 'The URL has options after a ?.'],
  ['a path with two parts', 'mysql://ann:hush@db.example/a/b', 'several parts'],
  ['a database that is not encoded', 'mysql://ann:hush@db.example/100%', 'percent-encoded'],
])('a database URL with %s is refused without its text', (_what, url, words) => {
  expect(() => parseDatabaseUrl(url, 'The URL')).toThrow(
    expect.objectContaining({
      code: 'DatabaseUrlInvalid',
      message: expect.stringContaining(words),
      nextStep: expect.not.stringContaining('hush'),
    }),
  );
});
