import { type Connection, escape as quote, type RowDataPacket } from 'mysql2';
import { FanfoldError } from '../../core/errors.ts';
import { query } from './query.ts';

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
  const server = await readServer(connection);
  if (!server.takesTwo) throw unsupported(`The server, ${server.version}, takes one password only`);
  if (server.isMariaDb) {
    await refuseOtherPlugins(connection, account);
    await query(
      connection,
      `ALTER USER ${account} IDENTIFIED VIA ${nativePassword(next)} OR ${nativePassword(current)}`,
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
  const { isMariaDb } = await readServer(connection);
  await query(
    connection,
    isMariaDb
      ? `ALTER USER ${account} IDENTIFIED VIA ${nativePassword(password)}`
      : `ALTER USER ${account} DISCARD OLD PASSWORD`,
  );
}

function nativePassword(password: string): string {
  return `mysql_native_password USING PASSWORD(${quote(password)})`;
}

/** An account that logs in by other means would lose them, and perhaps what it is secured by. */
async function refuseOtherPlugins(connection: Connection, account: string): Promise<void> {
  const [row] = await query<RowDataPacket[]>(connection, `SHOW CREATE USER ${account}`);
  const text = String(Object.values(row ?? {})[0]);
  const plugins = [...text.matchAll(/(?:VIA|OR) (\w+)/g)].map(([, plugin]) => plugin);
  const other = plugins.find((plugin) => plugin !== 'mysql_native_password');
  if (other !== undefined) throw unsupported(`The account logs in by ${other}`);
}

async function readServer(connection: Connection) {
  const [row] = await query<RowDataPacket[]>(connection, 'SELECT VERSION() AS version');
  const version = String(row?.version);
  const isMariaDb = /mariadb/i.test(version);
  const [major = 0, minor = 0, patch = 0] = (/(\d+)\.(\d+)\.(\d+)/.exec(version) ?? [])
    .slice(1)
    .map(Number);
  const number = major * 1_000_000 + minor * 1_000 + patch;
  return { version, isMariaDb, takesTwo: number >= (isMariaDb ? 10_004_000 : 8_000_014) };
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
