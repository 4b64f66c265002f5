import { hash } from 'node:crypto';
import type { Connection, RowDataPacket } from 'mysql2';
import type { ConnectionLogin } from '../../../core/ports.ts';
import type {
  FindOnlineLogin,
  OnlineChangeEnd,
  OnlineChangeRequest,
  OnlineChanges,
} from '../../../core/safety/online/online-changes.ts';
import {
  onlineChangeBusy,
  onlineChangeFailed,
  onlineChangeRefused,
} from '../../../core/safety/online/online-errors.ts';
import type { OnlineProgram } from '../../../core/safety/online/online-program.ts';
import { whyNotOnline } from '../../../core/safety/online/why-not-online.ts';
import { type ConnectionOptions, usingConnection } from '../connection/connection.ts';
import { pingWhileIdle } from '../connection/ping-while-idle.ts';
import { query } from '../connection/query.ts';
import { readOnlineFacts } from './read-online-facts.ts';
import { WorkTables } from './work-tables.ts';

/** One online change at a time on a server: each reads the whole binary log, and writes every row of a table. */
const TURN = 'fanfold:online-change';
const TURN_SECONDS = 2;

/** How online changes are carried out. */
export interface OnlineMeans {
  readonly program: OnlineProgram;
  readonly findLogin: FindOnlineLogin;
}

/** Changes tables of a tenant with a program that has a login of its own, and one connection beside it. */
export function createOnlineChanges(
  tenant: ConnectionLogin,
  { program, findLogin }: OnlineMeans,
  options: ConnectionOptions,
): OnlineChanges {
  return {
    async change(request) {
      const login = await findLogin(tenant);
      const refused = (why: string) => onlineChangeRefused(request.table, why, false);
      if (login.auth === 'iam')
        throw refused('Its login is by IAM, whose tokens end before a long change does.');
      return usingConnection(login, options, async (connection) => {
        await query(connection, "SET SESSION sql_mode = '', lock_wait_timeout = 30");
        const stopPinging = pingWhileIdle(connection);
        try {
          return await changeTable(request, login, program, connection);
        } finally {
          stopPinging();
        }
      });
    },
  };
}

async function changeTable(
  request: OnlineChangeRequest,
  login: ConnectionLogin,
  program: OnlineProgram,
  connection: Connection,
): Promise<OnlineChangeEnd> {
  const { table, clauses, stateBefore, isTimeUp, onProgress } = request;
  const { database } = login;
  const paused: OnlineChangeEnd = { end: 'paused', program: program.name };
  const facts = await readOnlineFacts(connection, database, table);
  const why = whyNotOnline(facts, clauses);
  if (why !== undefined) throw onlineChangeRefused(table, why, facts.isMariaDb);
  if (!(await takeTurn(connection, isTimeUp))) return paused;
  // Another statement, or a table that has changed since, has other tables to work with.
  const about = [table, clauses.text, stateBefore].join('\0');
  const workName = `fanfold_oc_${hash('sha256', about, 'hex').slice(0, 12)}`;
  const tables = program.tablesOf(workName);
  const work = new WorkTables(connection, database, tables);
  const left = await work.left();
  if (left === 'at work')
    throw onlineChangeBusy(`Another ${program.name} is at work on the table \`${table}\`.`);
  if (left === 'old rows')
    throw onlineChangeRefused(
      table,
      `An earlier change has left its rows in \`${tables.old}\`; drop that table if you do not need them.`,
      false,
    );
  const resumes = left === 'checkpoint';
  if (resumes) await work.dropSentry();
  else await work.drop();
  const task = { login, table, clauses: clauses.text, workName, resumes };
  const ended = await program.run(task, isTimeUp, (progress) =>
    onProgress({ program: program.name, table, ...progress }),
  );
  if (ended.end === 'stopped') return paused;
  if (ended.end === 'failed') {
    const { said, mayResume } = ended;
    if (!mayResume) await work.drop();
    throw onlineChangeFailed({ program: program.name, table, said }, mayResume);
  }
  await work.drop();
  return { end: 'changed', program: program.name };
}

/** Waits until no other online change is at work on the server. `false` if the time of the attempt is up. */
async function takeTurn(connection: Connection, isTimeUp: () => boolean): Promise<boolean> {
  for (;;) {
    const [row] = await query<RowDataPacket[]>(connection, 'SELECT GET_LOCK(?, ?) AS taken', [
      TURN,
      TURN_SECONDS,
    ]);
    if (row?.taken === 1) return true;
    if (isTimeUp()) return false;
  }
}
