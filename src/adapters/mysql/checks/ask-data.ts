import type { Connection, RowDataPacket } from 'mysql2';
import type { ConnectionLogin } from '../../../core/ports.ts';
import type { AskData, DataAnswer, Effect } from '../../../core/safety/checks/data-answer.ts';
import type { DataCheck } from '../../../core/safety/checks/data-check.ts';
import { isServerError, type ServerError } from '../../server/server-error.ts';
import { serverFlavour } from '../../server/server-flavour.ts';
import { type ConnectionOptions, usingConnection } from '../connection/connection.ts';
import { query } from '../connection/query.ts';
import { questionSql } from './question-sql.ts';
import { checkedMode, type SessionFacts } from './session-facts.ts';

/** Seconds that a question waits for a table that somebody changes. */
const LOCK_WAIT = 2;

/** Milliseconds that a server has to end a question by itself, before it is killed from a second connection. */
const GRACE_MS = 2_000;

/**
 * The session in which questions are asked: read-only, so that no expression can write, and of the mode that takes
 * every value as it is.
 */
const PREPARE = `SET SESSION TRANSACTION READ ONLY; SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED;
  SET SESSION lock_wait_timeout = ${LOCK_WAIT}, sql_mode = ''`;

/** 3024 and 1969: over the time limit of MySQL and of MariaDB; 1317: killed. */
const TIME_OVER: ReadonlySet<number> = new Set([3024, 1969, 1317]);

/** Errors whose texts name tables, columns and users, and no values. */
const SAFE_TO_SHOW: ReadonlySet<number> = new Set([1054, 1142, 1143, 1146, 1205, 1267, 1305]);

/** Creates the function that asks tenants about their rows. */
export function createAskData(options: ConnectionOptions): AskData {
  return (login, checks, { seconds, onAnswer }) =>
    usingConnection(login, options, async (connection) => {
      const session = await readSession(connection);
      await query(connection, PREPARE);
      for (const check of checks) {
        const limited = { seconds, kill: () => killQuery(login, options, connection) };
        onAnswer(check, await answerOf(connection, check, session, limited));
      }
    });
}

interface Session {
  readonly isMariaDb: boolean;
  readonly number: number;
  readonly sqlMode: string;
}

async function readSession(connection: Connection): Promise<Session> {
  const [row] = await query<RowDataPacket[]>(
    connection,
    'SELECT VERSION() AS version, @@version_comment AS comment, @@SESSION.sql_mode AS mode',
  );
  const { isMariaDb, number } = serverFlavour(String(row?.version), String(row?.comment));
  return { isMariaDb, number, sqlMode: String(row?.mode) };
}

interface Limit {
  readonly seconds: number;
  readonly kill: () => Promise<void>;
}

async function answerOf(
  connection: Connection,
  check: DataCheck,
  { isMariaDb, number, sqlMode }: Session,
  { seconds, kill }: Limit,
): Promise<DataAnswer> {
  const { question } = check;
  if (question === undefined) return { status: 'clean' };
  const mode = checkedMode(check.sqlMode ?? sqlMode);
  const facts: SessionFacts = { isMariaDb, number, mode };
  const sql = limitedSql(questionSql(question, facts), seconds, isMariaDb);
  const timer = setTimeout(() => void kill().catch(() => {}), seconds * 1_000 + GRACE_MS);
  try {
    // A connection on which nothing comes back at all is given up.
    const [row] = await query<RowDataPacket[]>(connection, sql, [], seconds * 1_000 + 3 * GRACE_MS);
    if (row === undefined) return { status: 'clean' };
    const key = question.key.map(({ name }, at) => ({
      column: name,
      value: String(row[`key_${at}`]),
    }));
    return { status: 'found', effect: effectOf(check, mode), count: Number(row.rows_found), key };
  } catch (error) {
    if (!isServerError(error)) throw error;
    if (TIME_OVER.has(error.errno)) return { status: 'unfinished', seconds };
    return { status: 'refused', why: whyOf(error) };
  } finally {
    clearTimeout(timer);
  }
}

function limitedSql(sql: string, seconds: number, isMariaDb: boolean): string {
  return isMariaDb
    ? `SET STATEMENT max_statement_time = ${seconds} FOR SELECT ${sql}`
    : `SELECT /*+ MAX_EXECUTION_TIME(${seconds * 1_000}) */ ${sql}`;
}

function effectOf({ refused, sqlMode }: DataCheck, { isStrict }: SessionFacts['mode']): Effect {
  switch (refused) {
    case 'always':
      return 'refuses';
    case 'never':
      return 'changes';
    case 'deletes':
      return 'deletes';
    case 'unseen':
      return 'keeps';
    case 'strict':
      if (sqlMode === null) return 'unknown';
      return isStrict ? 'refuses' : 'changes';
  }
}

/** The text of an error if it can hold no value of a row. */
function whyOf({ errno, message }: ServerError): string {
  return SAFE_TO_SHOW.has(errno) ? message : `error ${errno} of the server`;
}

async function killQuery(
  login: ConnectionLogin,
  options: ConnectionOptions,
  { threadId }: Connection,
): Promise<void> {
  await usingConnection(login, options, (second) => query(second, `KILL QUERY ${threadId}`));
}
