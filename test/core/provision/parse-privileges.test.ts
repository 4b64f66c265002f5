import { describe, expect, it } from 'vitest';
import { parsePrivileges } from '../../../src/core/provision/parse-privileges.ts';
import { thrownBy } from '../../support/thrown-by.ts';

describe('--privileges', () => {
  it.each([
    ['ALL', ['ALL']],
    ['select, insert ,UPDATE', ['SELECT', 'INSERT', 'UPDATE']],
    ['create   view', ['CREATE VIEW']],
    // Privileges that only MariaDB has are not in ALL, and can be named.
    ['ALL,DELETE HISTORY,SHOW CREATE ROUTINE', ['ALL', 'DELETE HISTORY', 'SHOW CREATE ROUTINE']],
  ])('the value of --privileges may be %j', (text, names) => {
    expect(parsePrivileges(text)).toEqual(names);
  });

  it.each(['', 'SUPER', 'SELECT ON *.* TO x; --', 'GRANT OPTION', 'ALL PRIVILEGES'])(
    'the value of --privileges may not be %j, as nothing else may get into a GRANT',
    (text) => {
      expect(thrownBy(() => parsePrivileges(text))).toMatchObject({
        code: 'RequestInvalid',
        fault: 'usage',
      });
    },
  );
});
