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
      {
        host: '::1',
        port: 3306,
        user: 'a@b',
        password: 'p/#:% 🔑',
        database: 'my db/x',
        parameters: { connectionLimit: 5 },
      },
    ],
    [
      'mysql://fanfold@db.example.com/central?auth=iam',
      {
        host: 'db.example.com',
        port: 3306,
        user: 'fanfold',
        password: '',
        database: 'central',
        auth: 'iam',
        parameters: { auth: 'iam' },
      },
    ],
    [
      'mysql://fanfold@db.example.com/central?useAwsIam=TRUE',
      {
        host: 'db.example.com',
        port: 3306,
        user: 'fanfold',
        password: '',
        database: 'central',
        auth: 'iam',
        parameters: { auth: 'iam' },
      },
    ],
    [
      ' mysql://root:p@ss@host/central\n',
      { host: 'host', port: 3306, user: 'root', password: 'p@ss', database: 'central' },
    ],
  ])('CENTRAL_DATABASE_URL is read: %s', (url, login) => {
    expect(parseCentralDatabaseUrl(url)).toEqual(login);
  });

  it('CENTRAL_DATABASE_URL may contain any user, password and database', () => {
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

  it.each([undefined, '', '  '])('CENTRAL_DATABASE_URL is missing if it is %j', (url) => {
    expect(thrownBy(() => parseCentralDatabaseUrl(url))).toMatchObject({
      code: 'CentralDatabaseUrlMissing',
      fault: 'configuration',
      message: 'CENTRAL_DATABASE_URL is not set.',
    });
  });

  it.each([
    ['root:hunter2', 'is not a URL that begins with mysql://'],
    ['hunter2', 'is not a URL that begins with mysql://'],
    ['hunter2:root', 'is not a URL that begins with mysql://'],
    ['"mysql://root:hunter2@host/central"', 'begins with a quote'],
    ['mysql://root:hunter2#1@host/central', 'holds an unencoded # in its user or password'],
    ['mysql://root:1#hunter2@host/central', 'holds an unencoded # in its user or password'],
    ['mysql://root:1/hunter2@host/central', 'holds an unencoded / in its user or password'],
    ['mysql://root:1?hunter2@host/central', 'holds an unencoded ? in its user or password'],
    ['mysql://root:1@hunter2/x@host/central', 'holds an unencoded / in its user or password'],
    ['mysql://root:1@hunter2?x@host/central', 'holds an unencoded ? in its user or password'],
    ['mysql://root:1@hunter2#x@host/central', 'holds an unencoded # in its user or password'],
    ['mysql://root:1@hunter2:3306/x@host/central', 'holds an unencoded / in its user'],
    ['mysql://root:1@hunter2/@host/central', 'holds an unencoded / in its user or password'],
    ['mysql://root:1@hunter 2/central', 'is not a URL'],
    ['mysql://root:1@%2Fhunter2/central', 'names a host (not shown) that is not a host'],
    ['mysql://root:1@host/central#hunter2', 'holds an unencoded #'],
    ['mysql://root:hunter2\t@host/central', 'holds a line break or a tab'],
    ['mysql://root:hunter2@host:99999/central', 'is not a URL'],
    ['postgresql://root:hunter2@host/central', 'begins with "postgresql:"'],
    ['jdbc:mysql://root:hunter2@host/central', 'begins with "jdbc:"'],
    ['mysql:///central?password=hunter2', 'names no host'],
    ['mysql://root:hunter2@host:0/central', 'has port 0, expected 1 to 65535'],
    ['mysql://:hunter2@host/central', 'names no user'],
    ['mysql://root:hunter2%@host/central', 'has a password that is not percent-encoded'],
    ['mysql://root:hunter2@host', 'names no database'],
    ['mysql://root:hunter2@host/', 'names no database'],
    ['mysql://root:hunter2@host/central/more', 'names more than a database'],
    ['mysql://root:hunter2@host/central?auth=iam', 'has a password, and says that the user logs'],
    ['mysql://root:1@host/central?auth=hunter2', 'has a value of "auth" that is not known'],
    ['mysql://root:hunter2@host/central?sslpassword=hunter2', 'the parameter "sslpassword"'],
  ])('CENTRAL_DATABASE_URL is refused without showing the password: %s', (url, message) => {
    const error = thrownBy(() => parseCentralDatabaseUrl(url));

    expect(error).toMatchObject({ code: 'CentralDatabaseUrlInvalid', fault: 'configuration' });
    expect((error as Error).message).toContain(message);
    expect(inspect(error, { depth: 10 })).not.toContain('hunter');
  });

  it('CENTRAL_DATABASE_URL with any password, encoded or not, is read as meant or refused without a piece of it', () => {
    const printable = fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code));
    const password = fc.string({ unit: printable, minLength: 4, maxLength: 24 });
    fc.assert(
      fc.property(password, fc.boolean(), (given, isEncoded) => {
        const written = isEncoded ? encodeURIComponent(given) : given;
        const host = 'zq.example';
        let login: unknown;
        try {
          login = parseCentralDatabaseUrl(`mysql://u:${written}@${host}/c`);
        } catch (error) {
          expect(isEncoded).toBe(false);
          expectNoPiece(inspect(error, { depth: 10, showHidden: true }), given);
          return;
        }
        // Unencoded, a % of it may be read as an escape: then the password is another, and no piece is the host.
        expect(login).toMatchObject({ host, user: 'u', database: 'c' });
        if (isEncoded || !given.includes('%')) {
          expect(login).toMatchObject({ password: given });
        }
      }),
      { numRuns: 3_000 },
    );
  });
});

/** Words of our own errors, in which a random password may happen to have a piece. */
const OWN_WORDS = parseErrors();

function parseErrors(): string {
  const texts = [
    '',
    'x',
    'mysql://u:/@h/c',
    'mysql://u:?@h/c',
    'mysql://u:#@h/c',
    'mysql://u:%@h/c',
  ];
  return texts
    .map((text) =>
      inspect(
        thrownBy(() => parseCentralDatabaseUrl(text)),
        { depth: 10, showHidden: true },
      ),
    )
    .join('\n');
}

/** Lines and columns of a stack, which a password of digits may equal. */
const PLACES = /:\d+:\d+/g;

/** No four characters in a row, but for those that our own words have as well. */
function expectNoPiece(error: string, secret: string): void {
  const text = error.replaceAll(PLACES, '');
  for (let at = 0; at + 4 <= secret.length; at++) {
    const piece = secret.slice(at, at + 4);
    if (!OWN_WORDS.includes(piece)) expect(text).not.toContain(piece);
  }
}
