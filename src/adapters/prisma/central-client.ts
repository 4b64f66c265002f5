import { PrismaMariaDb } from '@prisma/adapter-mariadb';
import { createConnection } from 'mariadb';
import type { Prisma, PrismaClient } from '../../../prisma/generated-central/client.ts';
import type {
  CentralDatabaseLogin,
  VerifiedTls,
} from '../../core/central/central-database-login.ts';
import { FanfoldError } from '../../core/errors.ts';
import { connectError, queryError } from './central-error.ts';
import { connectionOptions } from './connection-options.ts';

/** Prisma's tagged templates for SQL; what they are given is bound, never part of the text. */
export type SqlFragments = Pick<typeof Prisma, 'sql' | 'join'>;

/** Asks the central database; whatever goes wrong comes out as a `FanfoldError`. */
export type AskCentral = <Result>(
  question: (prisma: PrismaClient, fragments: SqlFragments) => Promise<Result>,
) => Promise<Result>;

/**
 * Connects to the central database, hands `work` a way to ask it, and disconnects whatever happens.
 *
 * @param tls `undefined` for plain text, which belongs on loopback
 */
export async function usingCentralClient<Result>(
  login: CentralDatabaseLogin,
  tls: VerifiedTls | undefined,
  work: (ask: AskCentral) => Promise<Result>,
): Promise<Result> {
  const { PrismaClient, Prisma } = await loadGeneratedClient();
  const options = connectionOptions(login, tls);
  await checkConnection(options, login);
  const prisma = new PrismaClient({ adapter: new PrismaMariaDb(options), errorFormat: 'minimal' });
  try {
    return await work(async (question) => {
      try {
        return await question(prisma, Prisma);
      } catch (error) {
        throw queryError(error, login);
      }
    });
  } finally {
    await prisma.$disconnect();
  }
}

/**
 * One connection before the pool's. The pool goes on trying where a server refuses, a name does not
 * resolve or a password is wrong, then does so again for Prisma's question for the server's version,
 * and ends with "pool timeout"; a single connection says at once what is the matter.
 */
async function checkConnection(
  options: ReturnType<typeof connectionOptions>,
  login: CentralDatabaseLogin,
): Promise<void> {
  try {
    const connection = await createConnection(options);
    await connection.end();
  } catch (error) {
    throw connectError(error, login);
  }
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
