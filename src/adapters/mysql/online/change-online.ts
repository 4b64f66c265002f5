import { hash } from 'node:crypto';
import type { Connection, RowDataPacket } from 'mysql2';
import type { ConnectionLogin } from '../../../core/ports.ts';
import type { ReplicaWatch } from '../../../core/replicas/replica-standing.ts';
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
import { scratchTable } from '../../../core/safety/online/online-leftovers.ts';
import type { OnlineProgram, OnlineReplicas } from '../../../core/safety/online/online-program.ts';
import { whyNotGhost } from '../../../core/safety/online/why-not-ghost.ts';
import { type OnlineFacts, whyNotOnline } from '../../../core/safety/online/why-not-online.ts';
import { whyNotSpirit } from '../../../core/safety/online/why-not-spirit.ts';
import { type ConnectionOptions, usingConnection } from '../connection/connection.ts';
import { pingWhileIdle } from '../connection/ping-while-idle.ts';
import { query } from '../connection/query.ts';
import { readOnlineFacts } from './facts/read-online-facts.ts';
import { readSpiritFacts } from './facts/read-spirit-facts.ts';
import { GhostWork } from './work/ghost-work.ts';
import type { OnlineWork } from './work/online-work.ts';
import { SpiritWork } from './work/spirit-work.ts';

/** One online change at a time on a server: each reads the whole binary log, and writes every row of a table. */
const TURN = 'fanfold:online-change';
const TURN_SECONDS = 2;

/** How online changes are carried out. */
export interface OnlineMeans {
  /** Finds the programs of this machine, the preferred one first. Throws `OnlineProgramMissing` without one. */
  readonly findPrograms: () => Promise<readonly OnlineProgram[]>;
  readonly findLogin: FindOnlineLogin;
}

/** Changes tables of a tenant with a program that has a login of its own, and one connection beside it. */
export function createOnlineChanges(
  tenant: ConnectionLogin,
  { findPrograms, findLogin }: OnlineMeans,
  options: ConnectionOptions & { readonly replicas?: ReplicaWatch | undefined },
): OnlineChanges {
  const replicas = replicasFor(tenant, options.replicas);
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
          return await changeTable(request, login, { findPrograms, replicas }, connection);
        } finally {
          stopPinging();
        }
      });
    },
  };
}

interface ChangeMeans extends Pick<OnlineMeans, 'findPrograms'> {
  readonly replicas: OnlineReplicas | undefined;
}

function replicasFor(
  tenant: ConnectionLogin,
  watch: ReplicaWatch | undefined,
): OnlineReplicas | undefined {
  const addresses = watch?.find(tenant) ?? [];
  if (watch === undefined || addresses.length === 0) return undefined;
  return { addresses, maxLagSeconds: watch.maxLagSeconds };
}

/** gh-ost before Spirit if there are replicas: Spirit takes their login in an argument only, which others would see. */
function heedingFirst(
  programs: readonly OnlineProgram[],
  replicas: OnlineReplicas | undefined,
): readonly OnlineProgram[] {
  if (replicas === undefined) return programs;
  return programs.toSorted(
    (one, other) => Number(other.name === 'gh-ost') - Number(one.name === 'gh-ost'),
  );
}

async function changeTable(
  request: OnlineChangeRequest,
  login: ConnectionLogin,
  { findPrograms, replicas }: ChangeMeans,
  connection: Connection,
): Promise<OnlineChangeEnd> {
  const { table, clauses, stateBefore, isTimeUp, onProgress } = request;
  const { database } = login;
  const facts = await readOnlineFacts(connection, database, table);
  const why = whyNotOnline(facts, clauses);
  if (why !== undefined) throw onlineChangeRefused(table, why, facts.isMariaDb);
  // Another statement, or a table that has changed since, has other tables to work with.
  const about = [table, clauses.text, stateBefore].join('\0');
  const workName = `fanfold_oc_${hash('sha256', about, 'hex').slice(0, 12)}`;
  const change: Change = { database, table, clauses, workName };
  const program = await choose(
    heedingFirst(await findPrograms(), replicas),
    change,
    facts,
    connection,
  );
  const paused: OnlineChangeEnd = { end: 'paused', program: program.name };
  if (!(await takeTurn(connection, isTimeUp))) return paused;
  const works = worksOf(connection, change);
  for (const [name, work] of Object.entries(works)) {
    if ((await work.left()) === 'at work')
      throw onlineChangeBusy(`Another ${name} is at work on the table \`${table}\`.`);
    // The work of the other program is not needed.
    if (name !== program.name) await work.drop();
  }
  const work = works[program.name];
  const left = await work.left();
  if (left === 'old rows')
    throw onlineChangeRefused(
      table,
      `An earlier change has left its rows in \`${work.old}\`; drop that table if you do not need them.`,
      false,
    );
  const resumes = left === 'checkpoint';
  await work.prepare(resumes);
  const task = { login, table, clauses: clauses.text, workName, resumes, replicas };
  const ended = await program.run(task, isTimeUp, (progress) =>
    onProgress({ program: program.name, table, ...progress }),
  );
  if (ended.end !== 'changed') {
    const failure =
      ended.end === 'failed'
        ? onlineChangeFailed({ program: program.name, table, said: ended.said }, ended.mayResume)
        : undefined;
    const isUnchanged = await work.hasCopy();
    if (ended.end === 'failed' && !ended.mayResume) await work.drop();
    if (!isUnchanged) return { end: 'undetermined', program: program.name, failure };
    if (failure !== undefined) throw failure;
    return paused;
  }
  await work.drop();
  return { end: 'changed', program: program.name };
}

/** One change of one table. */
interface Change {
  readonly database: string;
  readonly table: string;
  readonly clauses: OnlineChangeRequest['clauses'];
  readonly workName: string;
}

/** Chooses the first program that may carry the change out. Throws `OnlineChangeRefused` if none may. */
async function choose(
  programs: readonly OnlineProgram[],
  { database, table, clauses, workName }: Change,
  facts: OnlineFacts,
  connection: Connection,
): Promise<OnlineProgram> {
  const reasons: string[] = [];
  for (const program of programs) {
    const why =
      program.name === 'gh-ost'
        ? whyNotGhost(facts, clauses)
        : whyNotSpirit(
            facts,
            await readSpiritFacts(
              connection,
              { database, table, clauses: clauses.text, scratch: scratchTable(workName) },
              facts,
            ),
            clauses,
          );
    if (why === undefined) return program;
    reasons.push(programs.length === 1 ? why : `${program.name}: ${why}`);
  }
  throw onlineChangeRefused(table, reasons.join(' '), false);
}

function worksOf(
  connection: Connection,
  { database, table, clauses, workName }: Change,
): Record<OnlineProgram['name'], OnlineWork> {
  const change = { workName, clauses: clauses.text };
  return {
    Spirit: new SpiritWork(connection, { database, table, change }),
    'gh-ost': new GhostWork(connection, database, workName),
  };
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
