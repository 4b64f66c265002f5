import { describe, expect, it } from 'vitest';
import { grantedPrivileges } from '../../../src/adapters/mysql/accounts/granted-privileges.ts';

const USAGE = 'GRANT USAGE ON *.* TO `acme`@`%` IDENTIFIED BY PASSWORD `*2470C0C06DEE42FD1618BB`';

function granted(database: string, ...grants: string[]): string[] {
  return [...grantedPrivileges([USAGE, ...grants], database)].sort();
}

describe('grantedPrivileges', () => {
  it('grantedPrivileges expands ALL, on the database or on the whole server', () => {
    const all = granted('acme_db', 'GRANT ALL PRIVILEGES ON `acme\\_db`.* TO `acme`@`%`');
    expect(all).toEqual(expect.arrayContaining(['ALTER', 'CREATE VIEW', 'TRIGGER']));
    expect(
      granted('acme_db', 'GRANT ALL PRIVILEGES ON *.* TO `acme`@`%` WITH GRANT OPTION'),
    ).toEqual(all);
  });

  it('grantedPrivileges returns listed names', () => {
    expect(
      granted('acme', 'GRANT SELECT, CREATE TEMPORARY TABLES, DROP ON `acme`.* TO `a`@`%`'),
    ).toEqual(['CREATE TEMPORARY TABLES', 'DROP', 'SELECT', 'USAGE']);
  });

  it.each([
    ['acme\\_db', 'acme_db', true],
    ['acme\\_db', 'acmeXdb', false],
    ['acme_db', 'acmeXdb', true],
    ['acme%', 'acme_of_many', true],
    ['acme%', 'other', false],
    ['tick``s', 'tick`s', true],
    ['a.b', 'a.b', true],
    ['a.b', 'axb', false],
  ])(
    'grantedPrivileges matches the pattern %s with the database %s: %s',
    (pattern, database, covered) => {
      expect(
        granted(database, `GRANT DROP ON \`${pattern}\`.* TO \`a\`@\`%\``).includes('DROP'),
      ).toBe(covered);
    },
  );

  it('grantedPrivileges ignores grants on tables and columns, of roles and of proxies', () => {
    expect(
      granted(
        'acme',
        'GRANT DROP ON `acme`.`users` TO `a`@`%`',
        'GRANT SELECT (`id`) ON `acme`.`users` TO `a`@`%`',
        'GRANT `migrator`@`%` TO `a`@`%`',
        "GRANT PROXY ON ''@'%' TO 'a'@'%' WITH GRANT OPTION",
        'GRANT EXECUTE ON PROCEDURE `acme`.`p` TO `a`@`%`',
      ),
    ).toEqual(['USAGE']);
  });

  it('grantedPrivileges removes privileges that were revoked for the database', () => {
    expect(
      granted(
        'acme',
        'GRANT SELECT, DROP ON *.* TO `a`@`%`',
        'REVOKE DROP ON `acme`.* FROM `a`@`%`',
      ),
    ).toEqual(['SELECT', 'USAGE']);
  });
});
