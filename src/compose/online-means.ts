import type { OnlineMeans } from '../adapters/mysql/online/change-online.ts';
import type { ProgramOptions } from '../adapters/online-programs/program-run.ts';
import { FanfoldError } from '../core/errors.ts';
import type { AdminLogins } from '../core/provision/database-server.ts';
import type { FindOnlineLogin } from '../core/safety/online/online-changes.ts';
import type { OnlineProgram } from '../core/safety/online/online-program.ts';
import { chooseTls, type TlsChoice, verifiedTls } from './choose-tls.ts';

export interface OnlineMeansOptions {
  /** The path or name of Spirit or gh-ost. Default: both, as far as `PATH` has them. */
  readonly path: string | undefined;
  readonly tls: TlsChoice;
  /** Logins with the rights of a replica. A server without one is changed with the tenant's own login. */
  readonly adminLogins: () => AdminLogins;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Names to look for in `PATH`. Spirit comes first, since it compares all rows before it swaps the tables. */
const NAMES = ['spirit', 'gh-ost'];

/** Programs on this machine. Nothing is read or started before a table is changed. */
export async function onlineMeans(options: OnlineMeansOptions): Promise<OnlineMeans> {
  const { path, env, adminLogins } = options;
  const tls = await chooseTls(options.tls);
  const common = {
    certificatesFor: (host: string) => verifiedTls(tls, host)?.ca,
    env: withoutSecrets(env),
  };
  return {
    async findPrograms() {
      if (path !== undefined) return [await programAt({ ...common, path })];
      const found = await Promise.all(NAMES.map((name) => ifThere({ ...common, path: name })));
      const programs = found.filter((each) => each !== undefined);
      // The error for the first one names both.
      return programs.length > 0 ? programs : [await programAt({ ...common, path: 'spirit' })];
    },
    findLogin: findOnlineLogin(adminLogins),
  };
}

async function ifThere(options: ProgramOptions): Promise<OnlineProgram | undefined> {
  try {
    return await programAt(options);
  } catch (error) {
    if (error instanceof FanfoldError && error.code === 'OnlineProgramMissing') return undefined;
    throw error;
  }
}

/** The program at a path, by what it says about its version. */
async function programAt(options: ProgramOptions): Promise<OnlineProgram> {
  const { askProgram } = await import('../adapters/online-programs/program-run.ts');
  const said = await askProgram(options, ['--version'], 'it does not say its version');
  if (/^spirit\b/i.test(said)) {
    const { createSpiritProgram } = await import(
      '../adapters/online-programs/spirit/spirit-program.ts'
    );
    return createSpiritProgram(options);
  }
  const { createGhostProgram } = await import('../adapters/online-programs/ghost/ghost-program.ts');
  return createGhostProgram(options);
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
