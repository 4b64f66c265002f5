import { type Connection, escape as quote, type RowDataPacket } from 'mysql2';
import { FanfoldError } from '../../../core/errors.ts';
import { versionNumber } from '../../server/server-flavour.ts';
import { query } from '../connection/query.ts';
import { readServerFlavour } from '../connection/read-server-flavour.ts';
import { withNativePassword } from './native-password.ts';

/** The first versions that accept two passwords for one account. */
const FIRST = {
  MySQL: versionNumber(8, 0, 14),
  MariaDB: versionNumber(10, 4),
};

/**
 * Makes an account accept a new password in addition to its current one: MySQL keeps a second password
 * since 8.0.14, MariaDB allows several login methods since 10.4. Throws `RotationUnsupported`.
 *
 * @param account quoted, `'user'@'host'`
 */
export async function acceptBoth(
  connection: Connection,
  account: string,
  { current, next }: { readonly current: string; readonly next: string },
): Promise<void> {
  const { product, version, family, isMariaDb, number } = await readServerFlavour(connection);
  if (number < FIRST[family]) {
    throw unsupported(`The server, ${product} ${version}, accepts only one password per account`);
  }
  if (isMariaDb) {
    await refuseOtherPlugins(connection, account);
    await withNativePassword((native) =>
      query(
        connection,
        `ALTER USER ${account} IDENTIFIED VIA ${native(next)} OR ${native(current)}`,
      ),
    );
    return;
  }
  await query(
    connection,
    `ALTER USER ${account} IDENTIFIED BY ${quote(next)} RETAIN CURRENT PASSWORD`,
  );
}

/** Makes an account accept only the newer of its passwords. Can be repeated. */
export async function acceptOnly(
  connection: Connection,
  account: string,
  password: string,
): Promise<void> {
  const { isMariaDb } = await readServerFlavour(connection);
  if (isMariaDb) {
    await withNativePassword((native) =>
      query(connection, `ALTER USER ${account} IDENTIFIED VIA ${native(password)}`),
    );
  } else {
    await query(connection, `ALTER USER ${account} DISCARD OLD PASSWORD`);
  }
}

/** Refuses accounts with other login methods, which they would lose, and their security with them. */
async function refuseOtherPlugins(connection: Connection, account: string): Promise<void> {
  const [row] = await query<RowDataPacket[]>(connection, `SHOW CREATE USER ${account}`);
  const text = String(Object.values(row ?? {})[0]);
  const plugins = [...text.matchAll(/(?:VIA|OR) (\w+)/g)].map(([, plugin]) => plugin);
  const other = plugins.find((plugin) => plugin !== 'mysql_native_password');
  if (other !== undefined) throw unsupported(`The account logs in with ${other}`);
}

function unsupported(why: string): FanfoldError {
  return new FanfoldError(
    'RotationUnsupported',
    `${why}, so the password cannot be rotated without a moment in which logins fail.`,
    {
      fault: 'tenant',
      nextStep:
        'Suspend the tenant (tenant:status), change the password on the server, encrypt it (secrets:encrypt), store it in dbPassword, and set the tenant to ACTIVE again.',
    },
  );
}
