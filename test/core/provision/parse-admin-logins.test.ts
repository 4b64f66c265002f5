import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  adminLoginsOf,
  parseAdminLogin,
  parseAdminLogins,
  parseAdminUrl,
} from '../../../src/core/provision/parse-admin-logins.ts';
import { rejectionOf, thrownBy } from '../../support/thrown-by.ts';

const PASSWORD = 'the-admins-passw0rd';

describe('logins of administrators', () => {
  it('logins of administrators are read from JSON, by server', () => {
    const login = { user: 'admin', password: PASSWORD };
    const servers = ['DB1.example.com:3307', 'db2', '10.0.0.1', '[::1]:3308', 'fe80::1'];
    const text = JSON.stringify(Object.fromEntries(servers.map((server) => [server, login])));
    expect([...parseAdminLogins(text, 'it').keys()]).toEqual([
      'db1.example.com:3307',
      'db2:3306',
      '10.0.0.1:3306',
      '::1:3308',
      'fe80::1:3306',
    ]);
  });

  it('logins of administrators are read in the form that RDS stores', () => {
    const secret = { engine: 'mysql', host: 'db1', username: 'admin', password: PASSWORD };
    expect(parseAdminLogins(JSON.stringify(secret), 'it')).toEqual(
      new Map([['db1:3306', { user: 'admin', password: PASSWORD }]]),
    );
    expect([...parseAdminLogins(JSON.stringify({ ...secret, port: 3307 }), 'it').keys()]).toEqual([
      'db1:3307',
    ]);
  });

  it('logins of administrators are read from a URL', () => {
    expect(parseAdminUrl('mysql://ad%40min:p%23%25@db1:3307/ignored', 'it')).toEqual(
      new Map([['db1:3307', { user: 'ad@min', password: 'p#%' }]]),
    );
    expect(parseAdminUrl('mysql://root@[::1]', 'it')).toEqual(
      new Map([['::1:3306', { user: 'root', password: '' }]]),
    );
  });

  const IAM = { user: 'admin', password: '', auth: 'iam' };
  it.each([
    ['a table', () => parseAdminLogins('{"db1":{"user":"admin","auth":"iam"}}', 'it')],
    [
      'the form that RDS stores',
      () =>
        parseAdminLogins(
          `{"host":"db1","username":"admin","password":"${PASSWORD}","auth":"iam"}`,
          'it',
        ),
    ],
    [
      'that form without a password',
      () => parseAdminLogins('{"host":"db1","username":"admin","auth":"iam"}', 'it'),
    ],
    ['a URL', () => parseAdminUrl('mysql://admin@db1?auth=iam', 'it')],
    [
      'a login beside its server',
      () => {
        const server = { host: 'db1', port: 3306 };
        return new Map([
          ['db1:3306', parseAdminLogin('{"username":"admin","auth":"iam"}', server, 'it')],
        ]);
      },
    ],
  ])('a login by IAM has no password, from %s', (_, read) => {
    expect(read()).toEqual(new Map([['db1:3306', IAM]]));
  });

  it.each(['{"db1":{"user":"admin","auth":"kerberos"}}', '{"username":"admin","auth":"iam"}'])(
    'a login by IAM that is not complete is refused: %s',
    (text) => {
      expect(thrownBy(() => parseAdminLogins(text, 'it'))).toMatchObject({
        code: 'AdminLoginInvalid',
      });
    },
  );

  it.each(['user', 'username'])(
    'a login without an address, with the key %s, is that of the server beside it',
    (key) => {
      const server = { host: 'db1', port: 3306 };
      const text = JSON.stringify({ [key]: 'admin', password: PASSWORD });
      expect(parseAdminLogin(text, server, 'it')).toEqual({ user: 'admin', password: PASSWORD });
      const lacking = JSON.stringify({ [key]: '', password: PASSWORD });
      const error = thrownBy(() => parseAdminLogin(lacking, server, 'it'));
      expect(error).toMatchObject({ code: 'AdminLoginInvalid' });
      expect(inspect(error, { depth: null })).not.toContain(PASSWORD);
    },
  );

  it.each([
    `{"db1":{"user":"admin","password":"${PASSWORD}"}`,
    `[{"user":"admin","password":"${PASSWORD}"}]`,
    `{"db1":{"user":"","password":"${PASSWORD}"}}`,
    `{"db1":{"admin":"${PASSWORD}"}}`,
    `{"db1:x":{"user":"admin","password":"${PASSWORD}"}}`,
    `{"db1":"${PASSWORD}"}`,
    `{"username":"admin","password":"${PASSWORD}"}`,
    `{"username":"admin","password":"${PASSWORD}","host":""}`,
    '{}',
    '',
  ])('logins of administrators are refused without showing a password: %s', (text) => {
    const error = thrownBy(() => parseAdminLogins(text, 'The file'));
    expect(error).toMatchObject({ code: 'AdminLoginInvalid', fault: 'configuration' });
    expect(inspect(error, { depth: null })).not.toContain(PASSWORD);
  });

  it.each([
    `postgres://admin:${PASSWORD}@db1`,
    `${PASSWORD}`,
    `mysql://admin:${PASSWORD}%@db1`,
    `mysql://:${PASSWORD}@db1`,
    `mysql://admin:${PASSWORD}#@db1`,
  ])('logins of administrators are refused in a URL without showing it: %s', (text) => {
    const error = thrownBy(() => parseAdminUrl(text, 'FANFOLD_ADMIN_URL'));
    expect(error).toMatchObject({ code: 'AdminLoginInvalid', fault: 'configuration' });
    expect(inspect(error, { depth: null })).not.toContain(PASSWORD);
  });

  it("an administrator's missing login is an error that names the known servers", async () => {
    const logins = adminLoginsOf(async () => parseAdminUrl(`mysql://a:${PASSWORD}@db1`, 'it'));
    expect(await logins.find({ host: 'DB1', port: 3306 })).toEqual({
      user: 'a',
      password: PASSWORD,
    });
    const error = await rejectionOf(logins.find({ host: 'db2', port: 3306 }));
    expect(error).toMatchObject({
      code: 'AdminLoginMissing',
      fault: 'configuration',
      message:
        "No administrator's login is known for the database server db2:3306; there are logins for db1:3306.",
    });
    expect(inspect(error, { depth: null })).not.toContain(PASSWORD);
  });
});
