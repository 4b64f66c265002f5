import { randomBytes } from 'node:crypto';
import { type Connection, escapeId, escape as quoteText, type RowDataPacket } from 'mysql2';
import { FanfoldError } from '../../core/errors.ts';
import type { ConnectionLogin } from '../../core/ports.ts';
import type { SnapshotDatabase, SnapshotDatabases } from '../../core/snapshot/snapshot-ports.ts';
import { isServerError } from '../server/server-error.ts';
import { usingConnection } from './connection/connection.ts';
import { query } from './connection/query.ts';
import { snapshotDatabase } from './snapshot/snapshot-database.ts';
import { createObservedDatabases, type TenantDatabasesOptions } from './tenant-databases.ts';

type Options = TenantDatabasesOptions & { readonly isMariaDb: boolean };

/** Hands a new empty database to its argument, and drops it afterwards. */
type UsingEmpty = <Result>(use: (login: ConnectionLogin) => Promise<Result>) => Promise<Result>;

/** Hands three empty databases to `work`, of which the second is used by another user in another environment. */
export async function usingSnapshotDatabases<Result>(
  login: ConnectionLogin,
  options: Options,
  work: (databases: SnapshotDatabases) => Promise<Result>,
  usingEmpty: UsingEmpty,
): Promise<Result> {
  if (login.database !== '') {
    throw new FanfoldError(
      'RequestInvalid',
      'A snapshot is proven in several databases, and the URL of the scratch server names one.',
      {
        fault: 'usage',
        nextStep:
          'Leave the database out of --scratch-url; the login has to be allowed to create some.',
      },
    );
  }
  return usingEmpty((first) =>
    usingEmpty((second) =>
      usingEmpty((proof) =>
        usingOtherUser(second, options, (other) =>
          using(first, false, (one) =>
            using(other, true, (two) =>
              using(proof, false, (three) => work({ first: one, second: two, proof: three })),
            ),
          ),
        ),
      ),
    ),
  );

  function using<Done>(
    own: ConnectionLogin,
    changesEnvironment: boolean,
    use: (database: SnapshotDatabase) => Promise<Done>,
  ): Promise<Done> {
    const { isMariaDb, tableName = 'knex_migrations', ...rest } = options;
    return usingConnection(own, options, async (reader) =>
      use(
        await snapshotDatabase(own, {
          isMariaDb,
          tableName,
          reader,
          changesEnvironment,
          databases: (of) => createObservedDatabases({ ...rest, tableName, ...of }),
        }),
      ),
    );
  }
}

/**
 * Creates a user that may do what the login may, as far as the login may grant it, and everything in the database;
 * then drops it. A login that may create none is used itself.
 */
function usingOtherUser<Result>(
  login: ConnectionLogin,
  options: Options,
  work: (login: ConnectionLogin) => Promise<Result>,
): Promise<Result> {
  return usingConnection(login, options, async (admin) => {
    const user = `fanfold_scratch_${randomBytes(4).toString('hex')}`;
    const password = randomBytes(16).toString('base64url');
    const account = `${quoteText(user)}@'%'`;
    const run = (sql: string) => succeeds(admin, sql);
    const database = escapeId(login.database.replaceAll('_', '\\_'), true);
    try {
      if (!(await run(`CREATE USER ${account} IDENTIFIED BY ${quoteText(password)}`))) {
        return await work(login);
      }
      for (const grant of await ownGrants(admin)) await run(`${grant} TO ${account}`);
      const isGranted = await run(`GRANT ALL PRIVILEGES ON ${database}.* TO ${account}`);
      return await work(isGranted ? { ...login, user, password } : login);
    } finally {
      await run(`DROP USER IF EXISTS ${account}`);
    }
  });
}

/** The privileges of the login itself, without the account. */
async function ownGrants(connection: Connection): Promise<string[]> {
  const rows = await query<RowDataPacket[]>(connection, 'SHOW GRANTS');
  return rows.flatMap(
    (row) => /^(GRANT .* ON .*?) TO [`'"]/.exec(String(Object.values(row)[0]))?.[1] ?? [],
  );
}

async function succeeds(connection: Connection, sql: string): Promise<boolean> {
  try {
    await query(connection, sql);
    return true;
  } catch (error) {
    if (!isServerError(error)) throw error;
    return false;
  }
}
