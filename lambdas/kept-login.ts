import type { CentralDatabaseLogin } from '../src/core/central/central-database-login.ts';
import { FanfoldError } from '../src/core/errors.ts';

/**
 * Does work with the login of the central database, which is kept for the life of the environment. A
 * login that leads nowhere may have been rotated or corrected since: it is read again, once, and where
 * it has changed the work is done again, for which it has to be idempotent.
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
      if (!leadsNowhere(error)) throw error;
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

/** Wrong password, host, port or name: each may be right in the secret by now. */
const NOWHERE = [
  'CentralDatabaseAccessDenied',
  'CentralDatabaseUnreachable',
  'CentralDatabaseTlsFailed',
  'CentralDatabaseMissing',
];

function leadsNowhere(error: unknown): boolean {
  return error instanceof FanfoldError && NOWHERE.includes(error.code);
}

function isSame(a: CentralDatabaseLogin, b: CentralDatabaseLogin): boolean {
  const keys = ['host', 'port', 'database', 'user', 'password'] as const;
  return keys.every((key) => a[key] === b[key]);
}
