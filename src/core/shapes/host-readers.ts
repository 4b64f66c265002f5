import { FanfoldError } from '../errors.ts';
import { IAM } from '../iam/open-login.ts';
import type { UserLogin } from '../ports.ts';
import { type DatabaseAddress, hostKey } from '../tenant.ts';

/** A login that reads the definitions of all databases of a server. Its password is in the environment. */
export interface HostReader {
  readonly user: string;
  /** The environment variable with the password. */
  readonly passwordEnv?: string | undefined;
  /** Logs in by IAM instead of a password. */
  readonly auth?: 'iam' | undefined;
}

/** Logins by `host`, `host:port` or `*` for every server. */
export type HostReaders = Readonly<Record<string, HostReader>>;

/** Finds the login for the server of an address; `undefined` if none is configured. */
export type FindHostReader = (
  address: Pick<DatabaseAddress, 'host' | 'port'>,
) => UserLogin | undefined;

/**
 * Reads the passwords of the configured logins.
 *
 * @param place the key of the configuration, for people
 * @throws FanfoldError `ConfigInvalid` if a variable is missing
 */
export function createFindHostReader(
  readers: HostReaders,
  env: Readonly<Record<string, string | undefined>>,
  place: string,
): FindHostReader {
  const logins = new Map(
    Object.entries(readers).map(([host, reader]) => [
      host.toLowerCase(),
      loginOf(reader, env, `${place}.${host}`),
    ]),
  );
  return ({ host, port }) =>
    logins.get(hostKey({ host, port })) ?? logins.get(host.toLowerCase()) ?? logins.get('*');
}

function loginOf(
  { user, passwordEnv, auth }: HostReader,
  env: Readonly<Record<string, string | undefined>>,
  place: string,
): UserLogin {
  if (auth === 'iam') return { user, ...IAM };
  const password = passwordEnv === undefined ? '' : env[passwordEnv];
  if (password !== undefined) return { user, password };
  throw new FanfoldError(
    'ConfigInvalid',
    `${place} names the variable ${passwordEnv}, which is not set.`,
    {
      fault: 'configuration',
      nextStep: `Set ${passwordEnv} to the password of "${user}", in the environment or in .env.`,
    },
  );
}
