import type { CentralDatabaseLogin } from '../src/core/central/central-database-login.ts';
import { FanfoldError } from '../src/core/errors.ts';

/**
 * Does work with the login of the central database, which is kept for the life of the environment. A
 * login that is refused may have been rotated since: it is read again, once, and the work done again,
 * for which it has to be idempotent.
 *
 * @param read reads the login from where it is kept
 */
export function keptLogin(
  read: () => Promise<CentralDatabaseLogin>,
): <Result>(work: (login: CentralDatabaseLogin) => Promise<Result>) => Promise<Result> {
  let kept: CentralDatabaseLogin | undefined;
  return async (work) => {
    const isFresh = kept === undefined;
    kept ??= await read();
    try {
      return await work(kept);
    } catch (error) {
      if (!isRefused(error)) throw error;
      const refused = kept;
      kept = undefined;
      if (isFresh) throw error;
      const login = await read();
      // The same one would be refused again, and a user may be locked for it.
      if (isSame(login, refused)) throw error;
      kept = login;
      return await work(login);
    }
  };
}

function isRefused(error: unknown): boolean {
  return error instanceof FanfoldError && error.code === 'CentralDatabaseAccessDenied';
}

function isSame(a: CentralDatabaseLogin, b: CentralDatabaseLogin): boolean {
  return a.password === b.password && a.user === b.user && a.host === b.host && a.port === b.port;
}
