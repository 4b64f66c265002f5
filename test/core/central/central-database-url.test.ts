import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCentralDatabaseUrl } from '../../../src/core/central/central-database-url.ts';
import { thrownBy } from '../../support/thrown-by.ts';

describe('CENTRAL_DATABASE_URL', () => {
  it.each([
    [
      'mysql://root:secret@db.example.com:3307/central',
      { host: 'db.example.com', port: 3307, user: 'root', password: 'secret', database: 'central' },
    ],
    [
      'mariadb://root@127.0.0.1/central',
      { host: '127.0.0.1', port: 3306, user: 'root', password: '', database: 'central' },
    ],
    [
      'mysql://a%40b:p%2F%23%3A%25%20%F0%9F%94%91@[::1]:3306/my%20db%2Fx?connection_limit=5',
      { host: '::1', port: 3306, user: 'a@b', password: 'p/#:% 🔑', database: 'my db/x' },
    ],
    [
      ' mysql://root:p@ss@host/central\n',
      { host: 'host', port: 3306, user: 'root', password: 'p@ss', database: 'central' },
    ],
  ])('is read: %s', (url, login) => {
    expect(parseCentralDatabaseUrl(url)).toEqual(login);
  });

  it('gives back any user, password and database', () => {
    const characters = fc.constantFrom(...'@:/?#[]%&+ .\\"\'`a1Zäß€🔑\u0001');
    const text = fc.string({ unit: characters, minLength: 1 });
    // A URL loses dot segments, also encoded ones: no database can be called "." or "..".
    const name = text.filter((each) => !/^[.]{1,2}$/.test(each));
    fc.assert(
      fc.property(text, text, name, (user, password, database) => {
        const [u, p, d] = [user, password, database].map(encodeURIComponent);
        const login = parseCentralDatabaseUrl(`mysql://${u}:${p}@host/${d}`);
        expect(login).toMatchObject({ user, password, database });
      }),
    );
  });

  it.each([undefined, '', '  '])('is missing where it is %j', (url) => {
    expect(thrownBy(() => parseCentralDatabaseUrl(url))).toMatchObject({
      code: 'CentralDatabaseUrlMissing',
      fault: 'configuration',
      message: 'CENTRAL_DATABASE_URL is not set.',
    });
  });

  it.each([
    ['root:hunter2', 'begins with "root:", expected mysql:// or mariadb://'],
    ['hunter2', 'is not a URL'],
    ['"mysql://root:hunter2@host/central"', 'is not a URL'],
    ['mysql://root:hunter2#1@host/central', 'is not a URL'],
    ['mysql://root:hunter2@host:99999/central', 'is not a URL'],
    ['postgresql://root:hunter2@host/central', 'begins with "postgresql:"'],
    ['mysql:///central?password=hunter2', 'names no host'],
    ['mysql://root:hunter2@host:0/central', 'has port 0, expected 1 to 65535'],
    ['mysql://:hunter2@host/central', 'names no user'],
    ['mysql://root:hunter2%@host/central', 'has a password that is not percent-encoded'],
    ['mysql://root:hunter2@host', 'names no database'],
    ['mysql://root:hunter2@host/', 'names no database'],
    ['mysql://root:hunter2@host/central/more', 'names more than a database'],
  ])('is refused without showing the password: %s', (url, message) => {
    const error = thrownBy(() => parseCentralDatabaseUrl(url));

    expect(error).toMatchObject({ code: 'CentralDatabaseUrlInvalid', fault: 'configuration' });
    expect((error as Error).message).toContain(message);
    expect(inspect(error, { depth: 10 })).not.toContain('hunter2');
  });
});
