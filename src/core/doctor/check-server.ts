import { type Check, ok } from './check.ts';
import type { DatabaseFacts, ServerFacts } from './database-facts.ts';

/**
 * The first versions whose DDL is atomic: on earlier versions a killed server may leave a statement partly
 * done, which nothing can settle.
 */
const OLDEST = { MySQL: [8, 0], MariaDB: [10, 6] } as const satisfies Record<
  ServerFacts['product'],
  readonly [number, number]
>;

/** The newest release lines that are supported; README.md has all. */
const NEWEST: Readonly<Record<ServerFacts['product'], number>> = { MySQL: 9, MariaDB: 11 };

/** Servers that speak MySQL's protocol but have other DDL, locks and transactions. */
const OTHERS: ReadonlySet<string> = new Set(['TiDB', 'Vitess', 'OceanBase', 'SingleStore']);

/** Tenants that the command line migrates at a time by default: fewer free connections may not be enough. */
const FEW_CONNECTIONS = 8;

/** Checks everything that all tenants of a server share. */
export function checkServer(facts: DatabaseFacts): Check[] {
  return [checkTls(facts), checkVersion(facts), checkSqlMode(facts), checkConnections(facts)];
}

function checkTls({ tls, isLoopback }: DatabaseFacts): Check {
  if (tls !== null) return ok('tls', tls);
  if (isLoopback) return ok('tls', 'not encrypted, on loopback');
  return {
    name: 'tls',
    status: 'note',
    code: 'NotEncrypted',
    message: 'The connection is not encrypted.',
    nextStep: 'Leave out --tls off, or keep it for a network that you trust.',
  };
}

function checkVersion({ server }: DatabaseFacts): Check {
  const { product, name = product, version, readOnly } = server;
  const shown = `${name} ${version}`;
  const [major, minor] = OLDEST[product];
  if (OTHERS.has(name)) {
    return {
      name: 'server',
      status: 'wrong',
      code: 'ServerUnsupported',
      message: `${name} speaks MySQL's protocol (as version ${version}), but its DDL, locks and transactions are its own: what is promised of an interrupted migration does not hold there.`,
      nextStep: 'Use MySQL 8.0 to 9, or MariaDB 10.6 to 11.',
    };
  }
  if (!isAtLeast(version, major, minor)) {
    return {
      name: 'server',
      status: 'wrong',
      code: 'ServerTooOld',
      message: `${shown} is older than ${product} ${major}.${minor}, the first one with atomic DDL: a server that is killed may leave a statement half done.`,
      nextStep: `Upgrade the server to ${product} ${major}.${minor} or later.`,
    };
  }
  if (!readOnly) return checkAge(server, shown);
  return {
    name: 'server',
    status: 'wrong',
    code: 'ServerReadOnly',
    message: `${shown} takes no writes: it is a replica, or a failover is under way.`,
    nextStep: 'Wait for the failover to end, or point dbHost at the writer.',
  };
}

function checkAge({ product, version }: ServerFacts, shown: string): Check {
  const newest = NEWEST[product];
  if (!isAtLeast(version, newest + 1, 0)) return ok('server', shown);
  return {
    name: 'server',
    status: 'note',
    code: 'ServerUntested',
    message: `${shown} is newer than ${product} ${newest}, the last that this version of Fanfold was tested on.`,
    nextStep: 'Try it on copies of a few tenants first, or look for a newer version of Fanfold.',
  };
}

function checkSqlMode({ sqlMode }: DatabaseFacts): Check {
  const has = (mode: string) => sqlMode.includes(mode);
  if (has('NO_BACKSLASH_ESCAPES')) {
    return {
      name: 'sql-mode',
      status: 'wrong',
      code: 'SqlModeUnsafe',
      message: 'sql_mode has NO_BACKSLASH_ESCAPES, under which the driver escapes values wrongly.',
      nextStep: 'Take it out of the sql_mode of the server.',
    };
  }
  if (!has('STRICT_TRANS_TABLES') && !has('STRICT_ALL_TABLES')) {
    return {
      name: 'sql-mode',
      status: 'note',
      code: 'SqlModeNotStrict',
      message: 'sql_mode is not strict: a migration may cut values off without an error.',
      nextStep: 'Add STRICT_TRANS_TABLES to the sql_mode of the server.',
    };
  }
  if (has('ANSI_QUOTES')) {
    return {
      name: 'sql-mode',
      status: 'note',
      code: 'SqlModeAnsiQuotes',
      message: 'sql_mode has ANSI_QUOTES: raw SQL with strings in double quotes fails here.',
      nextStep: 'Write strings in single quotes, or take the mode out of the server.',
    };
  }
  return ok('sql-mode', 'strict');
}

function checkConnections({ connections }: DatabaseFacts): Check {
  const { most, open, ofUser: limited } = connections;
  const ofServer = { free: most - open, most, whose: 'the server' };
  const ofUser =
    limited === undefined
      ? ofServer
      : { free: limited.most - limited.open, most: limited.most, whose: 'this user' };
  const least = ofUser.free < ofServer.free ? ofUser : ofServer;
  const free = Math.max(0, least.free);
  const shown = `${free} of ${least.most} connections of ${least.whose} are free`;
  if (free >= FEW_CONNECTIONS) return ok('connections', shown);
  return {
    name: 'connections',
    status: 'note',
    code: 'FewConnections',
    message: `Only ${shown}.`,
    nextStep:
      'Keep --max-per-host below that, or raise max_connections of the server (max_user_connections of the user).',
  };
}

function isAtLeast(version: string, major: number, minor: number): boolean {
  const [hasMajor = 0, hasMinor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  return hasMajor > major || (hasMajor === major && hasMinor >= minor);
}
