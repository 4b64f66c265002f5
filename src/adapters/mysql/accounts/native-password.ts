import { createHash } from 'node:crypto';
import { escape as quote } from 'mysql2';
import { ERRNO } from '../../server/errno.ts';
import { isServerError } from '../../server/server-error.ts';

/** Returns the SQL after IDENTIFIED VIA for a password. */
export type NativePassword = (password: string) => string;

/**
 * Runs a statement that sets the password of a MariaDB account. MariaDB writes such statements unchanged
 * into its binary log and its general log, so the statement contains the hash, which is what the server
 * stores. A server whose password policy must see the password refuses that; only then the statement is
 * sent again with the password itself.
 */
export async function withNativePassword<Result>(
  run: (native: NativePassword) => Promise<Result>,
): Promise<Result> {
  try {
    return await run(hashed);
  } catch (error) {
    if (!requiresPlainPassword(error)) throw error;
    return run(plain);
  }
}

/** The hash as the server's PASSWORD() computes it. */
function hashed(password: string): string {
  const once = createHash('sha1').update(password, 'utf8').digest();
  const twice = createHash('sha1').update(once).digest('hex').toUpperCase();
  return `mysql_native_password USING '*${twice}'`;
}

function plain(password: string): string {
  return `mysql_native_password USING PASSWORD(${quote(password)})`;
}

/** Checks the message too, because the same number also means a read-only server. */
function requiresPlainPassword(error: unknown): boolean {
  return (
    isServerError(error) &&
    error.errno === ERRNO.ER_OPTION_PREVENTS_STATEMENT &&
    error.sqlMessage.includes('strict-password-validation')
  );
}
