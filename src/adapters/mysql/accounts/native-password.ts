import { createHash } from 'node:crypto';
import { escape as quote } from 'mysql2';
import { ERRNO } from '../../server/errno.ts';
import { isServerError } from '../../server/server-error.ts';

/** The words after IDENTIFIED VIA for a password. */
export type NativePassword = (password: string) => string;

/**
 * Runs a statement that gives an account of MariaDB a password. MariaDB writes such statements into its
 * binary log and its general log as they came, so that it is sent the hash, which is what it stores. A
 * server whose password policy has to see the password refuses that, and is sent the password itself.
 */
export async function withNativePassword<Result>(
  run: (native: NativePassword) => Promise<Result>,
): Promise<Result> {
  try {
    return await run(hashed);
  } catch (error) {
    if (!hasToSeeIt(error)) throw error;
    return run(plain);
  }
}

/** As the server's PASSWORD() computes it. */
function hashed(password: string): string {
  const once = createHash('sha1').update(password, 'utf8').digest();
  const twice = createHash('sha1').update(once).digest('hex').toUpperCase();
  return `mysql_native_password USING '*${twice}'`;
}

function plain(password: string): string {
  return `mysql_native_password USING PASSWORD(${quote(password)})`;
}

/** The same number also means a server that is read-only. */
function hasToSeeIt(error: unknown): boolean {
  return (
    isServerError(error) &&
    error.errno === ERRNO.ER_OPTION_PREVENTS_STATEMENT &&
    error.sqlMessage.includes('strict-password-validation')
  );
}
