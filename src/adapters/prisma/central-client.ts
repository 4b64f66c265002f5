import { setTimeout as delay } from 'node:timers/promises';
import { PrismaMariaDb } from '@prisma/adapter-mariadb';
import { type Connection, createConnection, type FieldInfo } from 'mariadb';
import type { PrismaClient } from '../../../prisma/generated-central/client.ts';
import type { CentralAccess } from '../../core/central/central-access.ts';
import type { CentralDatabaseLogin } from '../../core/central/central-database-login.ts';
import { FanfoldError } from '../../core/errors.ts';
import { catalogError, connectError, isUndone, queryError } from './central-error.ts';
import { connectionOptions } from './connection-options.ts';
import type { CatalogConnection, CatalogRow } from './tenants/catalog-connection.ts';

/** Attempts for a query that the server rolls back in favour of other sessions (a deadlock). */
const TRIES = 5;

/** Queries the central database; every failure surfaces as a `FanfoldError`. */
export type AskCentral = <Result>(
  question: (prisma: PrismaClient) => Promise<Result>,
) => Promise<Result>;

/**
 * Connects to the central database, examines it, passes `work` a way to query it together with the
 * findings, and always disconnects afterwards.
 */
export async function usingCentralClient<Found, Result>(
  access: CentralAccess,
  examine: (catalog: CatalogConnection) => Promise<Found>,
  work: (ask: AskCentral, found: Found) => Promise<Result>,
): Promise<Result> {
  const { PrismaClient } = await loadGeneratedClient();
  const { login } = access;
  const options = connectionOptions(access);
  const found = await examineFirst(options, login, examine);
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

/** Connects to the central database, examines it over a single connection, and disconnects. */
export async function usingCatalog<Found>(
  access: CentralAccess,
  examine: (catalog: CatalogConnection) => Promise<Found>,
): Promise<Found> {
  return examineFirst(connectionOptions(access), access.login, examine);
}

/**
 * Opens one connection before the pool does. If a server refuses, a name does not resolve or a password
 * is wrong, the pool keeps trying, does the same again for Prisma's query for the server version, and
 * ends with "pool timeout"; a single connection reports the reason at once. The driver also reports the
 * column types of an empty result, which Prisma does not.
 */
async function examineFirst<Found>(
  options: ReturnType<typeof connectionOptions>,
  login: CentralDatabaseLogin,
  examine: (catalog: CatalogConnection) => Promise<Found>,
): Promise<Found> {
  let connection: Connection;
  try {
    connection = await createConnection(options);
  } catch (error) {
    throw connectError(error, login);
  }
  try {
    const found = await examine(catalogOver(connection, login));
    await connection.end();
    return found;
  } catch (error) {
    connection.destroy();
    throw catalogError(error, login);
  }
}

function catalogOver(
  connection: Connection,
  { host, port, database, user }: CentralDatabaseLogin,
): CatalogConnection {
  return {
    address: { host, port, database, user },
    rows: (sql, values = []) => connection.query<CatalogRow[]>(sql, [...values]),
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

/** Loads the generated client late because it is slow to load. It is not in git, so it can be missing. */
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
