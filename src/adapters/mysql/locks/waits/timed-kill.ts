import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, escape as escapeText, type RowDataPacket } from 'mysql2';
import { PROCESS_LIST, readOtherSessions } from '../../connection/process-list.ts';
import { query } from '../../connection/query.ts';
import { isStatement, isWaitingState } from './waiting-state.ts';

/** A statement that is to be killed if it waits for a lock at a certain time. */
export interface TimedKill {
  readonly connectionId: number;
  /** The beginning of the statement, by which it is recognized in the process list. */
  readonly head: string;
  /** In milliseconds of `performance.now()`. */
  readonly at: number;
}

/** The clock of a server beside that of this process. */
export interface ServerClock {
  /** Milliseconds to add to `performance.now()` for the server's time since 1970. */
  readonly offsetMs: number;
  /** Whether a table of the server shows its sessions, so that one of its statements can look at them. */
  readonly showsSessions: boolean;
}

/**
 * Prepares the session of a watch, and reads the server's clock. The time of the answer counts, so that the server
 * is never thought to be earlier than it is, and a KILL comes rather too early.
 */
export async function readClock(connection: Connection, timeoutMs: number): Promise<ServerClock> {
  const [, [row] = []] = await query<RowDataPacket[][]>(
    connection,
    `SET SESSION time_zone = '+00:00', sql_mode = ''; SELECT ${NOW} AS now ${SHOWS_SESSIONS}`,
    [],
    timeoutMs,
  );
  return {
    offsetMs: Number(row?.now) * 1_000 - performance.now(),
    showsSessions: Number(row?.own ?? 0) === 1,
  };
}

/** The time of the server in seconds since 1970: that of the statement's part, not of its packet. */
const NOW = 'UNIX_TIMESTAMP(SYSDATE(6))';

/** The row of this session, which is missing if `performance_schema` is off; MySQL before 8.0.22 has no such table. */
const SHOWS_SESSIONS =
  '/*!80022 , (SELECT COUNT(*) FROM performance_schema.processlist WHERE ID = CONNECTION_ID()) AS own *//*M! , 1 AS own */';

/** A session that waits for a lock for which others queue. Keep it beside `isWaitingState`. */
const WAITS = "STATE REGEXP '^Waiting for (.* )?(lock|table flush)([^a-z]|$)'";

/**
 * Lets the server wait until each time has come, and kill those statements that wait for a lock then, all in one
 * packet. A busy process or a slow network delays no KILL, and the look and the KILL are one step on the server.
 * If no table shows the sessions, this process looks at the time and sends the KILL.
 *
 * @param kills in the order of their times
 * @returns the ids of the connections whose statements were killed
 */
export async function killInTime(
  connection: Connection,
  kills: readonly TimedKill[],
  { offsetMs, showsSessions }: ServerClock,
  timeoutMs: number,
): Promise<ReadonlySet<number>> {
  if (!showsSessions) return killByLooking(connection, kills, timeoutMs);
  const sentAt = performance.now();
  const moments = momentsOf(kills);
  const texts = moments.flatMap((together) => {
    const { at } = together[0] as TimedKill;
    const left = Math.max(0, at - sentAt) / 1_000;
    const until = (at + offsetMs) / 1_000;
    const columns = together.map(killText);
    const variables = together.map((_, number) => `@fanfold_kill_${number}`);
    const ids = together.map(({ connectionId }) => connectionId);
    return [
      // Should somebody set the server's clock back, it does not sleep for longer than is left.
      `DO SLEEP(LEAST(${left.toFixed(4)}, GREATEST(0, ${until.toFixed(4)} - ${NOW})))`,
      `SELECT ${columns.join(', ')} INTO ${variables.join(', ')} FROM ${PROCESS_LIST} WHERE ID IN (${ids.join(', ')})`,
      ...variables.flatMap((variable) => [
        `SET @fanfold_kill = IFNULL(NULLIF(${variable}, ''), 'DO 0')`,
        'PREPARE fanfold_kill FROM @fanfold_kill',
        'EXECUTE fanfold_kill',
        `SELECT ${variable} AS sent`,
      ]),
    ];
  });
  const longest = Math.max(0, ...kills.map(({ at }) => at - sentAt));
  const answers = await query<RowDataPacket[][]>(
    connection,
    texts.join(';\n'),
    [],
    timeoutMs + longest,
  );
  const sent = answers.filter(Array.isArray).map(([row]) => row?.sent);
  const asked = moments.flat();
  const killed = asked.filter((_, at) => sent[at] !== null && sent[at] !== '');
  // A session that waits for its answer exists: the table does not show all of them.
  const hidden = asked.filter((_, at) => sent[at] === null);
  const found = await killByLooking(connection, hidden, timeoutMs);
  return new Set([...killed.map(({ connectionId }) => connectionId), ...found]);
}

/** Looks at the sessions when each time has come, and kills those statements that wait for a lock then. */
async function killByLooking(
  connection: Connection,
  kills: readonly TimedKill[],
  timeoutMs: number,
): Promise<ReadonlySet<number>> {
  const killed = new Set<number>();
  for (const together of momentsOf(kills)) {
    await sleep(Math.max(0, (together[0]?.at ?? 0) - performance.now()));
    const ids = together.map(({ connectionId }) => connectionId);
    for (const { id, state, info } of await readOtherSessions(connection, { id: ids }, timeoutMs)) {
      const wanted = together.find(({ connectionId }) => connectionId === id);
      if (!isWaitingState(state) || !isStatement(info, wanted?.head ?? '')) continue;
      await query(connection, `KILL QUERY ${id}`, [], timeoutMs);
      killed.add(id);
    }
  }
  return killed;
}

/** Milliseconds for which KILLs come early, so that the server looks at several statements at once. */
const TOGETHER_MS = 10;

/** Groups KILLs that are due at nearly the same time; the first one of each group decides. */
function momentsOf(kills: readonly TimedKill[]): TimedKill[][] {
  const moments: TimedKill[][] = [];
  for (const kill of kills) {
    const last = moments.at(-1);
    const isTogether = last?.[0] !== undefined && kill.at - last[0].at <= TOGETHER_MS;
    if (isTogether) last?.push(kill);
    else moments.push([kill]);
  }
  return moments;
}

/** The statement that kills, nothing if the session does something else, or NULL if it is not shown. */
function killText({ connectionId, head }: TimedKill): string {
  const isMeant = `IFNULL(${WAITS} AND ${beginsWith(head)}, FALSE)`;
  return `MAX(IF(ID = ${connectionId}, IF(${isMeant}, 'KILL QUERY ${connectionId}', ''), NULL))`;
}

/** Whether the text of a session begins with this, after spaces: the same as `isStatement`. */
function beginsWith(head: string): string {
  const text = escapeText(head);
  return `LOCATE(${text}, INFO) > 0 AND LEFT(INFO, LOCATE(${text}, INFO) - 1) NOT REGEXP '[^[:space:]]'`;
}
