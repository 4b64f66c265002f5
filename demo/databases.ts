import { createPool, type Pool } from 'mysql2/promise';
import type { EmbeddedServer } from '../src/adapters/local/embedded-server/contract.ts';
import type { ConnectionLogin } from '../src/core/ports.ts';
import { settleAll } from './settle-all.ts';

/** Databases that are made or dropped at a time. */
const AT_A_TIME = 8;

export interface PlannedDatabases {
  /** A database and a user are made for each of these, */
  readonly made: readonly ConnectionLogin[];
  /** and the demo makes them for these later, or not at all. */
  readonly later: readonly ConnectionLogin[];
}

export interface DatabasesOptions {
  /** No further database is made once this is aborted. */
  readonly signal: AbortSignal;
  /** Called before the databases are dropped; with what was thrown, if something was. */
  readonly onDrop: (error?: unknown) => void;
}

/**
 * Makes databases and users, each user with all rights on its database and none elsewhere, for the time
 * of `work`. They, and those that are made in it, are dropped whatever happens.
 */
export async function usingDatabases<Result>(
  { host, port, user, password }: EmbeddedServer,
  { made, later }: PlannedDatabases,
  { signal, onDrop }: DatabasesOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  const pool = createPool({ host, port, user, password, connectionLimit: AT_A_TIME });
  const dropAll = () => settleAll([...made, ...later].map((login) => drop(pool, login)));
  const makeAndWork = async () => {
    await settleAll(made.map((login) => create(pool, login, signal)));
    return work();
  };
  try {
    const result = await makeAndWork().catch(async (error: unknown) => {
      onDrop(error);
      await dropAll().catch((failure: unknown) => {
        throw new AggregateError([error, failure], 'Databases may be left.');
      });
      throw error;
    });
    onDrop();
    await dropAll();
    return result;
  } finally {
    await pool.end();
  }
}

async function create(pool: Pool, login: ConnectionLogin, signal: AbortSignal): Promise<void> {
  const { database, user, password } = login;
  const statements = [
    `CREATE DATABASE \`${database}\` CHARACTER SET utf8mb4`,
    `CREATE USER '${user}'@'%' IDENTIFIED BY '${password}'`,
    // In a GRANT an underscore stands for any character.
    `GRANT ALL ON \`${database.replaceAll('_', '\\_')}\`.* TO '${user}'@'%'`,
  ];
  for (const statement of statements) {
    signal.throwIfAborted();
    await pool.query(statement).catch(explainRights);
  }
}

async function drop(pool: Pool, { database, user }: ConnectionLogin): Promise<void> {
  await pool.query(`DROP DATABASE IF EXISTS \`${database}\``);
  await pool.query(`DROP USER IF EXISTS '${user}'@'%'`);
}

function explainRights(error: Error): never {
  if (!/denied/i.test(error.message)) throw error;
  throw new Error(
    `${error.message}. FANFOLD_MYSQL_URL has to name an account that may create databases and users.`,
    { cause: error },
  );
}
