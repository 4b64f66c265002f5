import type { Connection, RowDataPacket } from 'mysql2';
import { fenceName } from '../../src/adapters/mysql/locks/fence-name.ts';
import { send, usingConnection } from '../connection.ts';
import type { ServerLogin } from '../server-login.ts';
import { APPLIED, COLUMN, PENDING, TABLE } from './fleet-project.ts';

/** Databases that are looked at over one connection. */
const AT_ONCE = 500;
const SHOWN = 5;

/**
 * Looks at every database, by SQL alone: the column is there, both migrations are recorded once, no migration is open
 * in the journal, nobody holds a lock. Returns what is wrong, with the name of the database.
 */
export async function checkFleet(
  login: ServerLogin,
  names: readonly string[],
  { signal, onChecked }: { readonly signal: AbortSignal; readonly onChecked: () => void },
): Promise<string[]> {
  const wrong: string[] = [];
  for (let from = 0; from < names.length; from += AT_ONCE) {
    await usingConnection(login, undefined, async (connection) => {
      for (const name of names.slice(from, from + AT_ONCE)) {
        signal.throwIfAborted();
        const faults = await faultsOf(connection, name);
        wrong.push(...faults.map((fault) => `${name}: ${fault}`));
        onChecked();
      }
    });
  }
  return wrong;
}

/** The first of them, for a message. */
export function wrongWords(wrong: readonly string[]): string {
  const more = wrong.length > SHOWN ? `\n… and ${wrong.length - SHOWN} more` : '';
  return `${wrong.slice(0, SHOWN).join('\n')}${more}`;
}

async function faultsOf(connection: Connection, database: string): Promise<string[]> {
  const ask = (sql: string) => send<RowDataPacket[]>(connection, sql);
  const columns = await ask(`SHOW COLUMNS FROM \`${database}\`.\`${TABLE}\` LIKE '${COLUMN}'`);
  const [rows] = await ask(
    `SELECT (SELECT GROUP_CONCAT(name ORDER BY id) FROM \`${database}\`.knex_migrations) AS names,
       (SELECT GROUP_CONCAT(is_locked) FROM \`${database}\`.knex_migrations_lock) AS locks,
       (SELECT GROUP_CONCAT(migration, '#', number) FROM \`${database}\`.fanfold_journal
         WHERE number > 0) AS open,
       IS_FREE_LOCK('${fenceName(database)}') AS isFree`,
  );
  const names = `${APPLIED}.js,${PENDING}.js`;
  return [
    ...(columns.length === 1 ? [] : [`the column ${COLUMN} is there ${columns.length} times`]),
    ...(rows?.names === names ? [] : [`knex_migrations has ${rows?.names}`]),
    ...(rows?.locks === '0' ? [] : [`knex_migrations_lock has ${rows?.locks}`]),
    ...(rows?.open === null ? [] : [`the journal has ${rows?.open}`]),
    ...(Number(rows?.isFree) === 1 ? [] : ['its fence is held']),
  ];
}
