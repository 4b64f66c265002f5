import { FanfoldError } from '../../../core/errors.ts';
import type { Account } from './account.ts';
import { accountUrl } from './account.ts';
import type { EmbeddedServer } from './contract.ts';
import { identify } from './identify.ts';

const example = 'mysql://root:password@127.0.0.1:3306';

/** The server that FANFOLD_MYSQL_URL names. It was there before, and stays. */
export async function givenServer(url: string): Promise<EmbeddedServer> {
  const account = parseUrl(url);
  try {
    return {
      ...account,
      ...(await identify(account)),
      url: accountUrl(account),
      hosts: [account.host],
      source: 'FANFOLD_MYSQL_URL',
      stop: async () => {},
    };
  } catch (cause) {
    throw new FanfoldError(
      'DatabaseServerUnreachable',
      `FANFOLD_MYSQL_URL names ${account.host}:${account.port} with the user ${account.user}, ` +
        `and that server cannot be used: ${cause instanceof Error ? cause.message : cause}`,
      {
        fault: 'configuration',
        nextStep: `Correct FANFOLD_MYSQL_URL (for example ${example}) or unset it, to have a server started.`,
        cause,
      },
    );
  }
}

function parseUrl(text: string): Account {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^(mysql|mariadb):$/.test(url.protocol) || url.hostname === '') {
    // The text may hold a password, and is not repeated.
    throw new FanfoldError('DatabaseServerUrlInvalid', 'FANFOLD_MYSQL_URL is not a mysql:// URL.', {
      fault: 'configuration',
      nextStep: `Set it to the URL of an account that may create databases and users, for example ${example}.`,
    });
  }
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port || 3306),
    user: decodeURIComponent(url.username || 'root'),
    password: decodeURIComponent(url.password),
  };
}
