import { type Connection, escape as escapeText, type RowDataPacket } from 'mysql2';
import { query } from '../../connection/query.ts';

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
}

/**
 * Prepares the session of a watch, and reads the server's clock. The time of the answer counts, so that the server
 * is never thought to be earlier than it is, and a KILL comes rather too early.
 */
export async function readClock(connection: Connection, timeoutMs: number): Promise<ServerClock> {
  const [, [row] = []] = await query<RowDataPacket[][]>(
    connection,
    `SET SESSION time_zone = '+00:00', sql_mode = ''; SELECT ${NOW} AS now`,
    [],
    timeoutMs,
  );
  return { offsetMs: Number(row?.now) * 1_000 - performance.now() };
}

/** The time of the server in seconds since 1970: that of the statement's part, not of its packet. */
const NOW = 'UNIX_TIMESTAMP(SYSDATE(6))';

/** A session that waits for a lock for which others queue. Keep it beside `isWaitingState`. */
const WAITS = "STATE REGEXP '^Waiting for (.* )?(lock|table flush)([^a-z]|$)'";

/**
 * Lets the server wait until each time has come, and kill those statements that wait for a lock then, all in one
 * packet. A busy process or a slow network delays no KILL, and the look and the KILL are one step on the server.
 *
 * @param kills in the order of their times
 * @returns the ids of the connections whose statements were killed
 */
export async function killInTime(
  connection: Connection,
  kills: readonly TimedKill[],
  { offsetMs }: ServerClock,
  timeoutMs: number,
): Promise<ReadonlySet<number>> {
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
      `SELECT ${columns.join(', ')} INTO ${variables.join(', ')} FROM information_schema.PROCESSLIST WHERE ID IN (${ids.join(', ')}) AND ${WAITS}`,
      ...variables.flatMap((variable) => [
        `SET @fanfold_kill = IFNULL(${variable}, 'DO 0')`,
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
  return new Set(
    asked.filter((_, at) => typeof sent[at] === 'string').map((each) => each.connectionId),
  );
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

/** The statement that kills, or NULL if the session does something else. The aggregate gives a row if there is none. */
function killText({ connectionId, head }: TimedKill): string {
  return `MAX(IF(ID = ${connectionId} AND ${beginsWith(head)}, 'KILL QUERY ${connectionId}', NULL))`;
}

/** Whether the text of a session begins with this, after spaces: the same as `isStatement`. */
function beginsWith(head: string): string {
  const text = escapeText(head);
  return `LOCATE(${text}, INFO) > 0 AND LEFT(INFO, LOCATE(${text}, INFO) - 1) NOT REGEXP '[^[:space:]]'`;
}
