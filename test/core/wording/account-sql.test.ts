import { describe, expect, it } from 'vitest';
import {
  accountText,
  createDatabaseText,
  createIamUserText,
  createUserText,
  grantText,
  killText,
  parseAccount,
  quotedIdentifier,
  unlockUserText,
} from '../../../src/core/wording/account-sql.ts';

const ACME = { user: 'acme', from: '10.0.%' };

describe('a statement for an administrator', () => {
  it.each<[string, string]>([
    [createDatabaseText('acme_db'), 'CREATE DATABASE `acme_db` CHARACTER SET utf8mb4;'],
    [createUserText(ACME), "CREATE USER 'acme'@'10.0.%' IDENTIFIED BY '<password>';"],
    [
      createIamUserText(ACME),
      "CREATE USER 'acme'@'10.0.%' IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS' REQUIRE SSL;",
    ],
    [unlockUserText(ACME), "ALTER USER 'acme'@'10.0.%' ACCOUNT UNLOCK;"],
    [
      grantText(['SELECT', 'INSERT'], 'acme_db', ACME),
      "GRANT SELECT, INSERT ON `acme\\_db`.* TO 'acme'@'10.0.%';",
    ],
    [grantText(['ALL'], 'acme_db', ACME, true), "GRANT ALL ON `acme_db`.* TO 'acme'@'10.0.%';"],
    [killText(42), 'KILL 42;'],
  ])('a statement to paste is %s', (text, expected) => {
    expect(text).toBe(expected);
  });

  it('names that hold quotes or backslashes cannot end their quotes', () => {
    expect(quotedIdentifier('a`; DROP DATABASE b; --')).toBe('`a``; DROP DATABASE b; --`');
    expect(accountText({ user: "o'neil\\", from: "'" })).toBe("'o''neil\\\\'@''''");
    expect(createUserText({ user: "x' IDENTIFIED BY 'y", from: '%' })).toContain(
      "'x'' IDENTIFIED BY ''y'@'%'",
    );
  });

  it.each([
    ['acme@10.0.0.5', { user: 'acme', from: '10.0.0.5' }],
    ['acme@example@%', { user: 'acme@example', from: '%' }],
    ['@localhost', { user: '', from: 'localhost' }],
  ])('the account %s is split at its last @', (text, account) => {
    expect(parseAccount(text)).toEqual(account);
  });
});
