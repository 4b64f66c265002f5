import { describe, expect, it } from 'vitest';
import { withNativePassword } from '../../../src/adapters/mysql/accounts/native-password.ts';
import { rejectionOf } from '../../support/thrown-by.ts';

function serverError(errno: number, sqlMessage: string): Error {
  return Object.assign(new Error(sqlMessage), { errno, sqlState: 'HY000', sqlMessage });
}

describe('a password for MariaDB', () => {
  it('a password for MariaDB is sent as the hash that PASSWORD() computes', async () => {
    // The example of PASSWORD('mypass') in MariaDB's manual.
    expect(await withNativePassword(async (native) => native('mypass'))).toBe(
      "mysql_native_password USING '*6C8989366EAF75BB670AD8EA7A7FC1176A95CEF4'",
    );
  });

  it('a password for MariaDB is sent in clear text only to a server whose policy must see it', async () => {
    const strict = serverError(
      1290,
      'The MariaDB server is running with the --strict-password-validation option so it cannot execute this statement',
    );
    const sent: string[] = [];
    await withNativePassword(async (native) => {
      sent.push(native("it's"));
      if (sent.length === 1) throw strict;
    });
    expect(sent).toEqual([
      expect.not.stringContaining('it'),
      "mysql_native_password USING PASSWORD('it\\'s')",
    ]);

    const readOnly = serverError(1290, 'running with the --read-only option');
    let times = 0;
    const fails = withNativePassword(async () => {
      times += 1;
      throw readOnly;
    });
    expect([await rejectionOf(fails), times]).toEqual([readOnly, 1]);
  });
});
