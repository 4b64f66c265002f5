import { readDatabaseUrl } from '../../../core/database-url.ts';
import { FanfoldError } from '../../../core/errors.ts';
import type { EmbeddedServer } from './contract.ts';
import { identify } from './identify.ts';
import type { ServerLogin } from './server-login.ts';
import { serverUrl } from './server-login.ts';

const example = 'mysql://root:password@127.0.0.1:3306';

/** The server that an environment variable names. It was already running, and `stop` does not stop it. */
export async function givenServer(variable: string, url: string): Promise<EmbeddedServer> {
  const account = parseUrl(variable, url);
  try {
    return {
      ...account,
      ...(await identify(account)),
      url: serverUrl(account),
      hosts: [account.host],
      source: variable,
      stop: async () => {},
    };
  } catch (cause) {
    throw new FanfoldError(
      'DatabaseServerUnreachable',
      `${variable} names ${account.host}:${account.port} with the user ${account.user}, ` +
        `and that server cannot be used: ${cause instanceof Error ? cause.message : cause}`,
      {
        fault: 'configuration',
        nextStep: `Correct ${variable} (for example ${example}), or unset it, and Fanfold starts a server itself.`,
        cause,
      },
    );
  }
}

function parseUrl(variable: string, text: string): ServerLogin {
  const { host, port, user, password } = readDatabaseUrl(
    text,
    (what, hint) =>
      new FanfoldError('DatabaseServerUrlInvalid', `${variable} ${what}.`, {
        fault: 'configuration',
        nextStep: `${hint === undefined ? '' : `${hint} `}Set it to the URL of an account that may create databases and users, for example ${example}.`,
      }),
  );
  return { host, port, user: user || 'root', password };
}
