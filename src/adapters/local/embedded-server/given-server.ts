import { FanfoldError } from '../../../core/errors.ts';
import type { Account } from './account.ts';
import { accountUrl } from './account.ts';
import type { EmbeddedServer } from './contract.ts';
import { identify } from './identify.ts';

const example = 'mysql://root:password@127.0.0.1:3306';

/** The server that an environment variable names. It was there before, and stays. */
export async function givenServer(variable: string, url: string): Promise<EmbeddedServer> {
  const account = parseUrl(variable, url);
  try {
    return {
      ...account,
      ...(await identify(account)),
      url: accountUrl(account),
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
        nextStep: `Correct ${variable} (for example ${example}) or unset it, to have a server started.`,
        cause,
      },
    );
  }
}

function parseUrl(variable: string, text: string): Account {
  try {
    const url = new URL(text);
    if (!/^(mysql|mariadb):$/.test(url.protocol) || url.hostname === '') throw new TypeError();
    return {
      host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: Number(url.port || 3306),
      user: decodeURIComponent(url.username || 'root'),
      password: decodeURIComponent(url.password),
    };
  } catch {
    // Neither the text nor the cause, which repeats it: it may hold a password.
    throw new FanfoldError('DatabaseServerUrlInvalid', `${variable} is not a mysql:// URL.`, {
      fault: 'configuration',
      nextStep: `Set it to the URL of an account that may create databases and users, for example ${example}. In a password % is written %25.`,
    });
  }
}
