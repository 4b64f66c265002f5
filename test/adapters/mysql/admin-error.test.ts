import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  explainAdminConnect,
  explainAdminQuery,
} from '../../../src/adapters/mysql/accounts/admin-error.ts';
import type { ErrorCode } from '../../../src/core/error-codes.ts';
import { FanfoldError } from '../../../src/core/errors.ts';

const SERVER = { host: 'db1', port: 3306 };
const PASSWORD = 'not-for-anyone-123';

/** An error of the server as mysql2 returns it, including the statement. */
function answer(errno: number, sqlMessage: string): Error {
  const sql = `CREATE USER 'acme'@'%' IDENTIFIED BY '${PASSWORD}'`;
  return Object.assign(new Error(sqlMessage), { errno, sqlState: 'HY000', sqlMessage, sql });
}

describe("an error of an administrator's statement", () => {
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
  ])(
    "an error of an administrator's statement is explained without the statement: %i",
    (errno, sqlMessage, code) => {
      const error = explainAdminQuery(answer(errno, sqlMessage), SERVER);
      expect(error).toMatchObject({
        code,
        message: expect.stringContaining(
          `db1:3306 refused a statement of the provisioning: ${sqlMessage}`,
        ),
        nextStep: expect.stringMatching(/\w/),
      });
      expect(inspect(error, { depth: null, showHidden: true })).not.toContain(PASSWORD);
    },
  );

  it("an error of an administrator's statement names the administrator and not a tenant if the login is refused", () => {
    const refused = (code: ErrorCode) =>
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
      nextStep: expect.stringContaining('it resumes'),
    });
    expect(refused('TlsUntrusted')).toMatchObject({ nextStep: 'Check dbHost.' });
  });
});
