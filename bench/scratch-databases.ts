import type { RowDataPacket } from 'mysql2';
import { send, usingConnection } from './connection.ts';
import { forEachBounded } from './for-each-bounded.ts';
import type { ServerLogin } from './server-login.ts';

/** The names of all databases and users of the bench begin with this; nothing else on the server is touched. */
export const PREFIX = 'fanfold_bench_';

const AT_A_TIME = 8;

/**
 * Runs `work` on a server that has no database of the bench, and drops whatever it made, also after
 * a failure or Ctrl-C. Refuses if such databases exist: they may belong to a bench that is running.
 */
export async function usingScratchDatabases<Result>(
  login: ServerLogin,
  { dropLeftovers }: { readonly dropLeftovers: boolean },
  work: () => Promise<Result>,
): Promise<Result> {
  if (dropLeftovers) await dropDatabases(login);
  const [found] = await scratchDatabases(login);
  if (found !== undefined) {
    throw new Error(
      `The server has databases named ${PREFIX}*, such as ${found}: another bench is running, or was killed. Where it was killed: --drop-leftovers.`,
    );
  }
  try {
    return await work();
  } finally {
    await dropDatabases(login);
  }
}

/** Creates databases, several at a time. */
export async function createDatabases(
  login: ServerLogin,
  names: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  await forEachBounded(names, AT_A_TIME, signal, (name) =>
    usingConnection(login, undefined, async (connection) => {
      await send(connection, `CREATE DATABASE \`${name}\` CHARACTER SET utf8mb4`);
    }),
  );
}

/** Drops every database of the bench. */
export async function dropDatabases(login: ServerLogin): Promise<void> {
  const names = await scratchDatabases(login);
  await forEachBounded(names, AT_A_TIME, new AbortController().signal, (name) =>
    usingConnection(login, undefined, async (connection) => {
      await send(connection, `DROP DATABASE IF EXISTS \`${name}\``);
    }),
  );
}

/** Drops every user of the bench. */
export async function dropUsers(login: ServerLogin): Promise<void> {
  await usingConnection(login, undefined, async (connection) => {
    const users = await send<RowDataPacket[]>(
      connection,
      'SELECT user AS name FROM mysql.user WHERE LEFT(user, ?) = ?',
      [PREFIX.length, PREFIX],
    );
    for (const { name } of users) await send(connection, `DROP USER IF EXISTS '${name}'@'%'`);
  });
}

/** Names of all databases of the bench. */
export function scratchDatabases(login: ServerLogin): Promise<string[]> {
  return usingConnection(login, undefined, async (connection) => {
    const rows = await send<RowDataPacket[]>(
      connection,
      'SELECT schema_name AS name FROM information_schema.schemata WHERE LEFT(schema_name, ?) = ?',
      [PREFIX.length, PREFIX],
    );
    return rows.map(({ name }) => String(name));
  });
}
