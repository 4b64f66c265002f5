import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CentralDatabaseParameters,
  parseCentralDatabaseParameters,
} from '../../../src/core/central/central-database-parameters.ts';
import { FanfoldError } from '../../../src/core/errors.ts';
import { thrownBy } from '../../support/thrown-by.ts';

describe('a TLS parameter of CENTRAL_DATABASE_URL', () => {
  it.each([
    // The MySQL shell, DigitalOcean, Aiven.
    ['?ssl-mode=DISABLED', 'off'],
    ['?ssl-mode=PREFERRED', 'auto'],
    ['?ssl-mode=REQUIRED', 'required'],
    ['?ssl-mode=VERIFY_CA', 'required'],
    ['?ssl-mode=VERIFY_IDENTITY', 'required'],
    // Rails, and the habit from PostgreSQL.
    ['?sslmode=require', 'required'],
    ['?sslmode=verify-full', 'required'],
    ['?sslmode=disable', 'off'],
    ['?ssl_mode=verify_identity', 'required'],
    // JDBC.
    ['?sslMode=VERIFY_CA', 'required'],
    ['?useSSL=true&requireSSL=true', 'required'],
    ['?useSSL=false', 'off'],
    ['?useSSL=false&verifyServerCertificate=false', 'off'],
    ['?verifyServerCertificate=true', 'required'],
    // Prisma and PlanetScale.
    ['?sslaccept=strict', 'required'],
    ['?sslcert=ca.pem&sslaccept=strict', 'required'],
    // mysql2.
    ['?ssl=true', 'required'],
    ['?ssl=1', 'required'],
    ['?ssl=false', 'off'],
    ['?ssl={"rejectUnauthorized":true}', 'required'],
    ['?ssl=%7B%22rejectUnauthorized%22%3Atrue%7D', 'required'],
    ['?ssl={}', 'required'],
    ['?ssl=Amazon%20RDS', 'required'],
    // Go and Python.
    ['?tls=preferred', 'auto'],
    ['?ssl_disabled=true', 'off'],
    ['?ssl_ca=/etc/ca.pem', 'required'],
    ['?ssl-mode=PREFERRED&ssl-ca=/etc/ca.pem', 'required'],
    ['?connection_limit=5', undefined],
  ])('a TLS parameter of CENTRAL_DATABASE_URL requests a mode of --tls: %s', (query, mode) => {
    expect(parseCentralDatabaseParameters(query).tls?.mode).toBe(mode);
  });

  it.each([
    ['?sslaccept=accept_invalid_certs', 'TLS without a check ("sslaccept")'],
    ['?ssl={"rejectUnauthorized":false}', 'TLS without a check ("ssl")'],
    ['?ssl={"rejectUnauthorized":true,"ca":"x"}', 'has more in "ssl"'],
    ['?ssl={rejectUnauthorized:true}', 'not JSON'],
    ['?tls=skip-verify', 'TLS without a check ("tls")'],
    ['?sslMode=trust', 'TLS without a check ("sslMode")'],
    ['?useSSL=true&verifyServerCertificate=false', '("verifyServerCertificate")'],
    ['?trustServerCertificate=true', '("trustServerCertificate")'],
    ['?ssl-mode=', 'has a value of "ssl-mode" that is not known'],
    ['?ssl-mode=yes', 'has a value of "ssl-mode" that is not known'],
    ['?ssl=constructor', 'has a value of "ssl" that is not known'],
    ['?ssl-mode=DISABLED&ssl-ca=/etc/ca.pem', 'no TLS ("ssl-mode") and for TLS'],
    ['?sslmode=disable&sslaccept=strict', 'no TLS ("sslmode") and for TLS ("sslaccept")'],
    ['?ssl-mode=REQUIRED&sslmode=disable', 'gives "sslmode" twice'],
    ['?sslkey=client.key', '"sslkey", which Fanfold does not have'],
    ['?sslidentity=id.p12&sslpassword=hunter2', '"sslidentity", which Fanfold does not have'],
    ['?sslca=', 'has no file in "sslca"'],
  ])(
    'a TLS parameter of CENTRAL_DATABASE_URL is refused by name if it is not supported: %s',
    (query, message) => {
      expectRefusal(query, message);
    },
  );
});

describe('another parameter of CENTRAL_DATABASE_URL', () => {
  it.each<[string, CentralDatabaseParameters]>([
    ['', {}],
    ['?', {}],
    ['?connection_limit=1', { connectionLimit: 1 }],
    ['?connectionLimit=10', { connectionLimit: 10 }],
    ['?connect_timeout=30', { connectTimeoutMs: 30_000 }],
    ['?connectTimeout=30000', { connectTimeoutMs: 30_000 }],
    ['?connect-timeout=30000', { connectTimeoutMs: 30_000 }],
    ['?pool_timeout=2&socket_timeout=5', { acquireTimeoutMs: 2_000, answerTimeoutMs: 5_000 }],
    [
      '?ssl-ca=%2Fetc%2Fca.pem',
      { caFile: '/etc/ca.pem', tls: { mode: 'required', parameter: 'ssl-ca' } },
    ],
    ['?charset=utf8mb4&timezone=Z&useUnicode=true&serverTimezone=UTC', {}],
  ])('another parameter of CENTRAL_DATABASE_URL is honored: %s', (query, expected) => {
    expect(parseCentralDatabaseParameters(query)).toEqual(expected);
  });

  it.each([
    ['?connection_limit=0', 'has a value of "connection_limit"'],
    ['?connect_timeout=soon', 'has a value of "connect_timeout"'],
    ['?connect_timeout=0', 'has a value of "connect_timeout"'],
    ['?socket=/run/mysqld.sock', '"socket"'],
    ['?password=hunter2', '"password"'],
    ['?charset=latin1', 'another "charset"'],
    ['?timezone=%2B02:00', 'another "timezone"'],
    ['?schema=public', '"schema", which Fanfold does not have'],
    ['?pgbouncer=true', '"pgbouncer"'],
    ['?constructor=1', '"constructor"'],
    ['?__proto__=1', 'a parameter that is not a word'],
    ['?hunter2@db.example.com:3306/central', 'has an @ after its ?'],
    ['?hunter2/x=1', 'a parameter that is not a word'],
  ])('another parameter of CENTRAL_DATABASE_URL is refused by name: %s', (query, message) => {
    expectRefusal(query, message);
  });

  it('another parameter of CENTRAL_DATABASE_URL is read or refused, whatever it is, and no value gets into the error', () => {
    const name = fc.oneof(
      fc.constantFrom('ssl-mode', 'ssl', 'sslca', 'connect_timeout', 'charset', 'sslpassword', 'x'),
      fc.string(),
    );
    const value = fc.string({ minLength: 6 }).map((text) => `S3cr3t-${text}`);
    fc.assert(
      fc.property(name, value, (key, secret) => {
        const query = `?${encodeURIComponent(key)}=${encodeURIComponent(secret)}`;
        try {
          // A file is the one thing whose value is kept.
          expect(parseCentralDatabaseParameters(query)).toMatchObject({ caFile: secret });
        } catch (error) {
          if (!(error instanceof FanfoldError)) throw error;
          expect(error.code).toBe('CentralDatabaseUrlInvalid');
          expect(inspect(error)).not.toContain('S3cr3t');
        }
      }),
    );
  });
});

function expectRefusal(query: string, message: string): void {
  const error = thrownBy(() => parseCentralDatabaseParameters(query));
  expect(error).toMatchObject({
    code: 'CentralDatabaseUrlInvalid',
    fault: 'configuration',
    message: expect.stringContaining(message),
    nextStep: expect.stringMatching(/\w/),
  });
  expect(inspect(error, { depth: 10 })).not.toContain('hunter2');
}
