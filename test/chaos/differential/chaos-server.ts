import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPool, type RowDataPacket } from 'mysql2/promise';
import { say } from '../support/form.ts';
import { asRows } from './as-rows.ts';
import { type Names, namesOf } from './chaos-case.ts';

export type ServerKind = 'mariadb' | 'mysql';

/** Address of a server, and a login that may do everything on it. */
export interface ServerLogin {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** A tenant's database of one point, with the login of its user. */
export interface ChaosDatabase extends ServerLogin {
  readonly database: string;
  readonly names: Names;
}

export type Row = Record<string, unknown>;

/** A real server on which the points of many cases are tried at once. */
export interface ChaosServer extends ServerLogin {
  readonly kind: ServerKind;
  /** For example `MariaDB 10.11.19`. */
  readonly title: string;
  /** Begins the names of all that is made here. */
  readonly prefix: string;
  /** Sends several statements as root in one packet; the rows of each. */
  ask(sql: string): Promise<Row[][]>;
  /** A new database with what the statements make, and an empty one beside it. */
  create(base: readonly string[]): Promise<ChaosDatabase>;
  drop(database: ChaosDatabase): Promise<void>;
  /** Drops the user and every database that is left. */
  close(): Promise<void>;
}

/** Connections of root; each point needs one at a time. */
const ROOT_CONNECTIONS = 24;

/** Opens a server for points: one user for all of them, since making one for each would cost time. */
export async function openChaosServer(login: ServerLogin): Promise<ChaosServer> {
  const prefix = `ffc_${randomBytes(4).toString('hex')}`;
  const { host, port, user, password: rootPassword } = login;
  const pool = createPool({
    host,
    port,
    user,
    password: rootPassword,
    connectionLimit: ROOT_CONNECTIONS,
    multipleStatements: true,
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
  });
  const [[about]] = await pool.query<RowDataPacket[]>('SELECT VERSION() AS version');
  const version = String(about?.version);
  const kind = /mariadb/i.test(version) ? 'mariadb' : 'mysql';
  const password = randomBytes(9).toString('base64url');
  const ask = async (sql: string) => asRows((await pool.query(sql))[0]);
  // MySQL keeps a binary log unless it is configured otherwise, and then requires SUPER for making a routine.
  await ask(
    `CREATE USER '${prefix}'@'%' IDENTIFIED BY '${password}';
     CREATE USER '${prefix}_g'@'%' IDENTIFIED BY '${password}';
     GRANT ALL ON \`${prefix.replaceAll('_', '\\_')}\\_%\`.* TO '${prefix}'@'%' WITH GRANT OPTION;
     ${kind === 'mysql' ? `GRANT SUPER ON *.* TO '${prefix}'@'%'` : 'DO 1'}`,
  );
  /**
   * A statement that outlived its client may still make files in the folder that is being dropped, and
   * MariaDB 11.8 forgets a `users.TRG-` there: such a folder stays, since it says nothing of a migration.
   */
  const dropBoth = async ({ database, elsewhere }: Names) => {
    for (let tries = 1; tries <= 20; tries++) {
      try {
        await ask(
          `DROP DATABASE IF EXISTS \`${elsewhere}\`; DROP DATABASE IF EXISTS \`${database}\``,
        );
        return;
      } catch {
        await sleep(100);
      }
    }
    say(`${database} cannot be dropped.`);
  };
  const open = new Set<string>();
  let made = 0;
  return {
    host,
    port,
    user,
    password: rootPassword,
    kind,
    title: `${kind === 'mariadb' ? 'MariaDB' : 'MySQL'} ${version.replace(/-.*/, '')}`,
    prefix,
    ask,
    async create(base) {
      const database = `${prefix}_${++made}`;
      const names = namesOf(database);
      open.add(database);
      const options = 'CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci';
      await ask(
        [
          `CREATE DATABASE \`${names.elsewhere}\` ${options}`,
          `CREATE DATABASE \`${database}\` ${options}`,
          `USE \`${database}\``,
          ...base.map((sql) => sql.replaceAll('$DB', database)),
          'USE information_schema',
        ].join(';\n'),
      );
      return { host, port, user: prefix, password, database, names };
    },
    async drop({ names }) {
      await dropBoth(names);
      open.delete(names.database);
    },
    async close() {
      for (const database of open) await dropBoth(namesOf(database));
      await ask(`DROP USER '${prefix}'@'%', '${prefix}_g'@'%'`);
      await pool.end();
    },
  };
}
