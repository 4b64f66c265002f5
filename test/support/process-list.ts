import { setTimeout as delay } from 'node:timers/promises';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { PROCESS_LIST } from '../../src/adapters/mysql/connection/process-list.ts';
import { isWaitingState } from '../../src/adapters/mysql/locks/waits/waiting-state.ts';
import { testServer } from './server.ts';

/** A session of the server. */
export interface ShownSession {
  readonly id: number;
  readonly state: string;
  /** The text of its statement, '' if it is idle. */
  readonly info: string;
}

/** A condition on the columns ID, USER, DB, COMMAND, TIME, STATE and INFO of a session. */
export interface SessionCondition {
  readonly where: string;
  readonly values?: readonly (string | number)[];
}

/**
 * The other sessions for which a condition holds. Read the process list only by this: MySQL has a table of it that fails
 * while any session of the server, also that of another test, runs a statement with an emoji.
 */
export async function shownSessions(
  connection: Connection,
  { where, values = [] }: SessionCondition,
): Promise<ShownSession[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT ID AS id, STATE AS state, INFO AS info FROM ${PROCESS_LIST} WHERE ID <> CONNECTION_ID() AND (${where})`,
    [...values],
  );
  return rows.map(({ id, state, info }) => ({
    id: Number(id),
    state: state ?? '',
    info: info ?? '',
  }));
}

/** Waits until `look` returns something other than `undefined`, and returns it; throws if it takes a minute. */
export async function seenSoon<Seen>(look: () => Promise<Seen | undefined>): Promise<Seen> {
  for (const until = performance.now() + 60_000; performance.now() < until; ) {
    const seen = await look();
    if (seen !== undefined) return seen;
    await delay(5);
  }
  throw new Error('It was not seen within a minute.');
}

/** Waits until a statement on a database has waited for a lock and does so no more, because it gave way. */
export async function untilGivenWay(database: string): Promise<void> {
  await usingRoot(async (root) => {
    const waits = async () =>
      (await shownSessions(root, { where: 'DB = ?', values: [database] })).some(({ state }) =>
        isWaitingState(state),
      );
    await seenSoon(async () => (await waits()) || undefined);
    await seenSoon(async () => !(await waits()) || undefined);
  });
}

/** Ends the sessions for which a condition holds. */
export async function killSessions(root: Connection, condition: SessionCondition): Promise<void> {
  for (const { id } of await shownSessions(root, condition)) {
    // It may have ended meanwhile.
    await root.query(`KILL ${id}`).catch(() => {});
  }
}

async function usingRoot<Result>(work: (root: Connection) => Promise<Result>): Promise<Result> {
  const root = await testServer().rootConnection();
  try {
    return await work(root);
  } finally {
    await root.end();
  }
}
