import type { CentralDatabaseLogin } from '../src/core/central/central-database-login.ts';
import type { ErrorCode } from '../src/core/error-codes.ts';
import { FanfoldError } from '../src/core/errors.ts';

/**
 * Does work with the login of the central database, which is cached for the life of the environment. A
 * refused login may have been rotated or corrected since, even between reading and connecting: it is read
 * again, once, and if it has changed, the work is repeated. The work must therefore be idempotent.
 *
 * @param read reads the login from its secret
 */
export function cachedLogin(
  read: () => Promise<CentralDatabaseLogin>,
): <Result>(work: (login: CentralDatabaseLogin) => Promise<Result>) => Promise<Result> {
  let kept: CentralDatabaseLogin | undefined;
  return async (work) => {
    const isFresh = kept === undefined;
    kept ??= await read();
    try {
      return await work(kept);
    } catch (error) {
      if (!leadsNowhere(error)) throw error;
      const refused = kept;
      kept = undefined;
      if (isFresh && !isRefused(error)) throw error;
      const login = await read();
      // The same login would be refused again, which may lock the user.
      if (isSame(login, refused)) throw error;
      kept = login;
      return await work(login);
    }
  };
}

/** The login was refused, perhaps because it was rotated after it had been read. */
function isRefused(error: unknown): boolean {
  return error instanceof FanfoldError && error.code === 'CentralDatabaseAccessDenied';
}

/** A wrong password, host, port or name, each of which may have been corrected in the secret. */
const NOWHERE: readonly ErrorCode[] = [
  'CentralDatabaseAccessDenied',
  'CentralIamAccessDenied',
  'CentralDatabaseUnreachable',
  'CentralDatabaseTlsFailed',
  'CentralDatabaseMissing',
];

function leadsNowhere(error: unknown): boolean {
  return error instanceof FanfoldError && NOWHERE.includes(error.code);
}

function isSame(a: CentralDatabaseLogin, b: CentralDatabaseLogin): boolean {
  const keys = ['host', 'port', 'database', 'user', 'password', 'auth'] as const;
  return keys.every((key) => a[key] === b[key]);
}
