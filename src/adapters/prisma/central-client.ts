import { setTimeout as delay } from 'node:timers/promises';
import { PrismaMariaDb } from '@prisma/adapter-mariadb';
import { type Connection, createConnection, type FieldInfo } from 'mariadb';
import type { PrismaClient } from '../../../prisma/generated-central/client.ts';
import type { CentralAccess } from '../../core/central/central-access.ts';
import type { CentralDatabaseLogin } from '../../core/central/central-database-login.ts';
import { FanfoldError } from '../../core/errors.ts';
import { connectError, isUndone, lookError, queryError } from './central-error.ts';
import { connectionOptions } from './connection-options.ts';
import type { Look, LookRow } from './tenants/look.ts';

/** How often a question is asked that the server has undone, for the sake of others. */
const TRIES = 5;

/** Asks the central database; whatever goes wrong comes out as a `FanfoldError`. */
export type AskCentral = <Result>(
  question: (prisma: PrismaClient) => Promise<Result>,
) => Promise<Result>;

/**
 * Connects to the central database, looks at it, hands `work` a way to ask it and what was found, and
 * disconnects whatever happens.
 */
export async function usingCentralClient<Found, Result>(
  { login, tls }: CentralAccess,
  look: (look: Look) => Promise<Found>,
  work: (ask: AskCentral, found: Found) => Promise<Result>,
): Promise<Result> {
  const { PrismaClient } = await loadGeneratedClient();
  const options = connectionOptions(login, tls);
  const found = await lookFirst(options, login, look);
  const prisma = new PrismaClient({ adapter: new PrismaMariaDb(options), errorFormat: 'minimal' });
  const ask: AskCentral = async (question) => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await question(prisma);
      } catch (error) {
        if (!isUndone(error) || tries >= TRIES) throw queryError(error, login);
        await delay(Math.random() * 50 * tries);
      }
    }
  };
  try {
    return await work(ask, found);
  } finally {
    await prisma.$disconnect();
  }
}

/** Connects to the central database, looks at it over that one connection, and disconnects. */
export async function lookAtCentral<Found>(
  { login, tls }: CentralAccess,
  look: (look: Look) => Promise<Found>,
): Promise<Found> {
  return lookFirst(connectionOptions(login, tls), login, look);
}

/**
 * One connection before the pool's. The pool goes on trying where a server refuses, a name does not
 * resolve or a password is wrong, then does so again for Prisma's question for the server's version,
 * and ends with "pool timeout"; a single connection says at once what is the matter. And the driver says
 * of what types a result is, also where it is empty, which Prisma does not.
 */
async function lookFirst<Found>(
  options: ReturnType<typeof connectionOptions>,
  login: CentralDatabaseLogin,
  look: (look: Look) => Promise<Found>,
): Promise<Found> {
  let connection: Connection;
  try {
    connection = await createConnection(options);
  } catch (error) {
    throw connectError(error, login);
  }
  try {
    const found = await look(lookOver(connection, login));
    await connection.end();
    return found;
  } catch (error) {
    connection.destroy();
    throw lookError(error, login);
  }
}

function lookOver(
  connection: Connection,
  { host, port, database, user }: CentralDatabaseLogin,
): Look {
  return {
    address: { host, port, database, user },
    rows: (sql, values = []) => connection.query<LookRow[]>(sql, [...values]),
    async fields(sql) {
      const { meta } = await connection.query<{ meta: FieldInfo[] }>({ sql, metaAsArray: false });
      return meta.map((field) => ({
        name: field.name(),
        type: String(field.type),
        isBinary: field.collation.name === 'BINARY',
        ignoresCase: /_CI\b/.test(field.collation.name),
      }));
    },
  };
}

/** The generated client is not in git, so it can be missing; it is also slow to load, hence late. */
async function loadGeneratedClient() {
  try {
    return await import('../../../prisma/generated-central/client.ts');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ERR_MODULE_NOT_FOUND' || !message.includes('generated-central')) throw error;
    throw new FanfoldError(
      'CentralClientMissing',
      'The Prisma client of the central database has not been generated.',
      {
        fault: 'configuration',
        nextStep: 'Generate it: npx prisma generate --schema=prisma/schema-central.prisma',
        cause: error,
      },
    );
  }
}
