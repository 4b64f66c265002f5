import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  explainAdminConnect,
  explainAdminQuery,
} from '../../../src/adapters/mysql/accounts/admin-error.ts';
import { FanfoldError } from '../../../src/core/errors.ts';

const SERVER = { host: 'db1', port: 3306 };
const PASSWORD = 'not-for-anyone-123';

/** As mysql2 hands on what a server answers, statement and all. */
function answer(errno: number, sqlMessage: string): Error {
  const sql = `CREATE USER 'acme'@'%' IDENTIFIED BY '${PASSWORD}'`;
  return Object.assign(new Error(sqlMessage), { errno, sqlState: 'HY000', sqlMessage, sql });
}

describe('what a server refuses its administrator', () => {
  it.each([
    [1819, 'Your password does not satisfy the current policy requirements', 'PasswordRefused'],
    [
      1227,
      'Access denied; you need (at least one of) the CREATE USER privilege(s)',
      'AdminRightsMissing',
    ],
    [1470, "String 'acme' is too long for user name (should be no longer than 32)", 'NameRefused'],
    [1273, "Unknown collation: 'utf8mb4_klingon_ci'", 'CollationUnknown'],
    [3, `Error writing file './acme/db.opt' (Errcode: 28 "No space left on device")`, 'ServerFull'],
    [1007, "Can't create database 'acme'; database exists", 'ProvisioningFailed'],
  ])('is explained, without the statement: %i', (errno, sqlMessage, code) => {
    const error = explainAdminQuery(answer(errno, sqlMessage), SERVER);
    expect(error).toMatchObject({
      code,
      message: expect.stringContaining(
        `db1:3306 refused to make what the tenant needs: ${sqlMessage}`,
      ),
      nextStep: expect.stringMatching(/\w/),
    });
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain(PASSWORD);
  });

  it('is said of the administrator, not of a tenant, where it is his login', () => {
    const refused = (code: string) =>
      explainAdminConnect(
        new FanfoldError(code, 'db1:3306 …', { fault: 'tenant', nextStep: 'Check dbHost.' }),
        SERVER,
        { user: 'admin', password: PASSWORD },
      );
    expect(refused('AccessDenied')).toMatchObject({
      code: 'AdminAccessDenied',
      fault: 'configuration',
      message: 'db1:3306 refused the login of its administrator "admin".',
    });
    expect(refused('HostNotFound')).toMatchObject({
      code: 'HostNotFound',
      fault: 'tenant',
      nextStep: expect.stringContaining('it resumes where it was'),
    });
    expect(refused('TlsUntrusted')).toMatchObject({ nextStep: 'Check dbHost.' });
  });
});
