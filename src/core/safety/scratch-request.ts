import { FanfoldError } from '../errors.ts';
import { parseLoginUrl } from '../login-url.ts';
import type { ConnectionLogin } from '../ports.ts';
import type { ScratchServerFacts } from './recording.ts';

/** Reads the URL of a scratch server; without a path a database is made there and dropped. */
export function parseScratchUrl(url: string, source: string): ConnectionLogin {
  return parseLoginUrl(
    url,
    (what, hint) =>
      new FanfoldError('ScratchUrlInvalid', `${source} ${what}.`, {
        fault: 'configuration',
        nextStep: `${hint === undefined ? '' : `${hint} `}Write it as mysql://user:password@host:3306, or with an empty database: mysql://user:password@host:3306/scratch`,
      }),
  );
}

/** A flavour and the beginning of a version, as `mysql:8.4` names them. */
export interface WantedServer {
  readonly flavour: 'mysql' | 'mariadb';
  /** Major, minor and patch, as far as they were given. */
  readonly version: readonly number[];
  /** As it was written. */
  readonly text: string;
}

/** Reads `mysql`, `mysql:9` or `mariadb:10.11`; `undefined` if it is not of this form. */
export function parseWantedServer(text: string): WantedServer | undefined {
  const found = /^(mysql|mariadb)(?::(\d{1,3}(?:\.\d{1,3}){0,2}))?$/i.exec(text.trim());
  if (found === null) return undefined;
  const [, flavour = '', version = ''] = found;
  return {
    flavour: flavour.toLowerCase() as WantedServer['flavour'],
    version: version === '' ? [] : version.split('.').map(Number),
    text: text.trim(),
  };
}

/** Whether a server is of this flavour and version. */
export function isWantedServer(
  wanted: WantedServer,
  server: { readonly isMariaDb: boolean; readonly version: string },
): boolean {
  const parts = server.version.split('.').map(Number);
  return (
    (wanted.flavour === 'mariadb') === server.isMariaDb &&
    wanted.version.every((part, index) => parts[index] === part)
  );
}

/**
 * Refuses a scratch server that is not the requested one.
 *
 * @throws FanfoldError `ScratchServerDiffers`
 */
export function checkScratchServer(
  { product, isMariaDb, version }: ScratchServerFacts,
  wanted: WantedServer | undefined,
  source: string,
): void {
  if (wanted === undefined || isWantedServer(wanted, { isMariaDb, version })) return;
  throw new FanfoldError(
    'ScratchServerDiffers',
    `The scratch server of ${source} is ${product} ${version}, and ${wanted.text} was requested.`,
    {
      fault: 'configuration',
      nextStep:
        'Name a server of that flavour and version, or leave the version out: what servers do with a statement differs between them.',
    },
  );
}
