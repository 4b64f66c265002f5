import { type Connection, escape as quote, type RowDataPacket } from 'mysql2';
import { FanfoldError } from '../../../core/errors.ts';
import type { Account } from '../../../core/provision/database-server.ts';
import { query } from '../connection/query.ts';
import { readServerFlavour } from '../connection/read-server-flavour.ts';
import { withNativePassword } from './native-password.ts';

/** The accounts of a user. Roles, which have no host, are left out because nobody logs in as a role. */
export async function listAccounts(connection: Connection, user: string): Promise<Account[]> {
  const rows = await query<RowDataPacket[]>(
    connection,
    "SELECT User AS user, Host AS host FROM mysql.user WHERE User = ? AND Host <> '' ORDER BY Host",
    [user],
  );
  return rows.map((row) => ({ user: String(row.user), from: String(row.host) }));
}

/** Login methods that the driver supports and that store a password with the account. */
const BY_PASSWORD: ReadonlySet<string> = new Set([
  '',
  'mysql_native_password',
  'caching_sha2_password',
  'sha256_password',
]);

/**
 * Sets the password of an account. Throws `PasswordNotSettable` for an account with another login method.
 *
 * @param text the account, quoted: `'user'@'host'`
 */
export async function setPassword(
  connection: Connection,
  account: Account,
  text: string,
  password: string,
): Promise<void> {
  const { isMariaDb } = await readServerFlavour(connection);
  const [row] = await query<RowDataPacket[]>(
    connection,
    'SELECT plugin FROM mysql.user WHERE User = ? AND Host = ?',
    [account.user, account.from],
  );
  const plugin = String(row?.plugin ?? '');
  if (!BY_PASSWORD.has(plugin)) throw otherMeans(text, plugin);
  if (isMariaDb) {
    await withNativePassword((native) =>
      query(connection, `ALTER USER ${text} IDENTIFIED VIA ${native(password)}`),
    );
  } else {
    await query(connection, `ALTER USER ${text} IDENTIFIED BY ${quote(password)}`);
  }
}

function otherMeans(account: string, plugin: string): FanfoldError {
  return new FanfoldError(
    'PasswordNotSettable',
    `The account ${account} logs in with ${plugin}, which a password would replace.`,
    {
      fault: 'tenant',
      nextStep:
        'Give the tenant a separate account with a password: `fanfold tenant:move <tenant> --user <user> --password-stdin`',
    },
  );
}
