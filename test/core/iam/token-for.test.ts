import { expect, it } from 'vitest';
import { centralToken, tokenFor } from '../../../src/core/iam/token-for.ts';
import { rejectionOf } from '../../support/thrown-by.ts';

const address = { host: 'db1', port: 3306, user: 'ada', database: 'acme', password: '' };
const iamToken = async ({ host, port, user }: { host: string; port: number; user: string }) =>
  `${user}@${host}:${port}`;

it('a token is made for the address of the connection', async () => {
  expect(await tokenFor(address, { isVerified: true, iamToken })).toBe('ada@db1:3306');
});

it.each([
  [false, 'IamNeedsTls', 'tenant'],
  [true, 'CentralIamNeedsTls', 'configuration'],
])(
  'no token is made for an unverified connection (central: %s)',
  async (isCentral, code, fault) => {
    const make = () => Promise.reject(new Error('a token was made'));
    const connection = { isVerified: false, iamToken: make, isCentral };
    expect(await rejectionOf(tokenFor(address, connection))).toMatchObject({ code, fault });
  },
);

it('a program without a way to make tokens is told so', async () => {
  const connection = { isVerified: true, iamToken: undefined };
  expect(await rejectionOf(tokenFor(address, connection))).toMatchObject({
    code: 'IamUnavailable',
  });
});

it('a token of the central database needs TLS, which is always verified there', async () => {
  const login = address;
  expect(await centralToken({ login, tls: {} as never, iamToken })).toBe('ada@db1:3306');
  expect(await rejectionOf(centralToken({ login, iamToken }))).toMatchObject({
    code: 'CentralIamNeedsTls',
  });
});
