import { type Connection, escape as quote, type RowDataPacket } from 'mysql2';
import { FanfoldError } from '../../../core/errors.ts';
import { versionNumber } from '../../server/server-flavour.ts';
import { query } from '../connection/query.ts';
import { readServerFlavour } from '../connection/server-version.ts';
import { withNativePassword } from './native-password.ts';

/** The first versions that take two passwords of one account. */
const FIRST = {
  MySQL: versionNumber(8, 0, 14),
  MariaDB: versionNumber(10, 4),
};

/**
 * Has an account take a new password beside its own: MySQL keeps a second one since 8.0.14, MariaDB
 * takes one of several ways to log in since 10.4. Throws `RotationUnsupported`.
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
    throw unsupported(`The server, ${product} ${version}, takes one password only`);
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

/** Has an account take the newer of its passwords, and no other. May be repeated. */
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

/** An account that logs in by other means would lose them, and perhaps what it is secured by. */
async function refuseOtherPlugins(connection: Connection, account: string): Promise<void> {
  const [row] = await query<RowDataPacket[]>(connection, `SHOW CREATE USER ${account}`);
  const text = String(Object.values(row ?? {})[0]);
  const plugins = [...text.matchAll(/(?:VIA|OR) (\w+)/g)].map(([, plugin]) => plugin);
  const other = plugins.find((plugin) => plugin !== 'mysql_native_password');
  if (other !== undefined) throw unsupported(`The account logs in by ${other}`);
}

function unsupported(why: string): FanfoldError {
  return new FanfoldError(
    'RotationUnsupported',
    `${why}, so that its password cannot be rotated without a moment in which logins fail.`,
    {
      fault: 'tenant',
      nextStep:
        'Suspend the tenant (tenant:status), change the password on the server, encrypt it (secrets:encrypt), store it in dbPassword, and set the tenant to ACTIVE again.',
    },
  );
}
