import type { OnlineMeans } from '../adapters/mysql/online/change-online.ts';
import { FanfoldError } from '../core/errors.ts';
import type { AdminLogins } from '../core/provision/database-server.ts';
import type { FindOnlineLogin } from '../core/safety/online/online-changes.ts';
import { chooseTls, type TlsChoice, verifiedTls } from './choose-tls.ts';

export interface OnlineMeansOptions {
  /** The path or name of gh-ost. */
  readonly path: string | undefined;
  readonly tls: TlsChoice;
  /** Logins with the rights of a replica. A server without one is changed with the tenant's own login. */
  readonly adminLogins: () => AdminLogins;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** gh-ost as a program on this machine. Nothing is read or started before a table is changed. */
export async function onlineMeans(options: OnlineMeansOptions): Promise<OnlineMeans> {
  const { path = 'gh-ost', env, adminLogins } = options;
  const { createGhostProgram } = await import('../adapters/ghost/ghost-program.ts');
  const tls = await chooseTls(options.tls);
  return {
    program: createGhostProgram({
      path,
      certificatesFor: (host) => verifiedTls(tls, host)?.ca,
      env: withoutSecrets(env),
    }),
    findLogin: findOnlineLogin(adminLogins),
  };
}

/** The administrator's login of the tenant's server, or the tenant's own if there is none. */
function findOnlineLogin(adminLogins: () => AdminLogins): FindOnlineLogin {
  return async (tenant) => {
    const { host, port, database } = tenant;
    try {
      const { user, password, auth } = await adminLogins().find({ host, port });
      return { host, port, database, user, password, ...(auth !== undefined && { auth }) };
    } catch (error) {
      if (error instanceof FanfoldError && error.code === 'AdminLoginMissing') return tenant;
      throw error;
    }
  };
}

/** The variables that a program needs to run at all: it gets no secret of Fanfold but its own login. */
function withoutSecrets(env: OnlineMeansOptions['env']): OnlineMeansOptions['env'] {
  return { PATH: env.PATH, HOME: env.HOME, TMPDIR: env.TMPDIR, TZ: env.TZ };
}
