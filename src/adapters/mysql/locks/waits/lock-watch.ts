import type { Connection, RowDataPacket } from 'mysql2';
import { query } from '../../connection/query.ts';
import { judgedAt, judgeWait, type WatchedWait } from './judge-wait.ts';
import { headOf, isStatement, isWaitingState } from './waiting-state.ts';

/** Opens a connection of the user whose sessions are watched, and closes it when `work` has ended. */
export type UsingWatchConnection = (
  work: (connection: Connection) => Promise<void>,
) => Promise<void>;

/** The result of watching a statement. */
export interface WatchResult {
  /** Whether a KILL was sent while the statement waited for a lock. It may have got the lock just before. */
  readonly isKilled: boolean;
  /** Whether the statement was at work before it waited. */
  readonly hasWorked: boolean;
  /** The error because of which it could not be watched. */
  readonly problem?: unknown;
}

/** A statement that is being watched. */
export interface WatchedStatement {
  /** Stops watching. Waits for a KILL that is under way, which must not hit the next statement. */
  stop(): Promise<WatchResult>;
}

interface Watched {
  readonly connectionId: number;
  readonly head: string;
  wait: WatchedWait;
  /** Whether the connection was opened for it, so that it can be looked at. */
  isReady: boolean;
  dueAt: number;
  killing: Promise<void> | undefined;
  problem: unknown;
}

interface SessionRow extends RowDataPacket {
  readonly id: number;
  readonly state: string | null;
  readonly info: string | null;
}

/** The maximum time in milliseconds that a question or a KILL may take. */
const TIMEOUT_MS = 5_000;
/** The share of `queueMs` after which the connection is opened, so that it is ready when it is needed. */
const OPEN_AFTER = 0.5;
/** The share of a longest delay that still counts after the next one. */
const REMEMBERED = 0.8;

/**
 * Watches statements of one user on one server over a second connection, which is opened only when one has not
 * been answered for half of its time. It kills a statement that has waited for a lock for too long. A user may
 * see and kill its own sessions without a privilege.
 *
 * A question and a KILL are not one step: the statement may get its lock in between. It then either ends as if
 * nothing had happened, or fails without an effect, because DDL is atomic. The caller settles which.
 */
export class LockWatch {
  readonly #using: UsingWatchConnection;
  readonly #watched = new Set<Watched>();
  #connection: Promise<Connection> | undefined;
  #close: ((error?: unknown) => void) | undefined;
  #closed: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #isLooking = false;
  /** The longest round trip and the longest delay of a timer of late, because a busy machine is late again. */
  #roundTripMs = 5;
  #lateMs = 0;

  constructor(using: UsingWatchConnection) {
    this.#using = using;
  }

  /** Starts watching a statement that is sent now on the connection with this id. */
  start(connectionId: number, sql: string, queueMs: number): WatchedStatement {
    const now = performance.now();
    const wait: WatchedWait = { queueMs, freeAt: now, hasWorked: false };
    const watched: Watched = {
      connectionId,
      head: headOf(sql),
      wait,
      isReady: false,
      dueAt: now + queueMs * OPEN_AFTER,
      killing: undefined,
      problem: undefined,
    };
    this.#watched.add(watched);
    this.#schedule();
    return {
      stop: async () => {
        this.#watched.delete(watched);
        this.#schedule();
        await watched.killing;
        const { problem } = watched;
        return {
          isKilled: watched.killing !== undefined,
          hasWorked: watched.wait.hasWorked,
          ...(problem === undefined ? {} : { problem }),
        };
      },
    };
  }

  /** Closes the connection. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#watched.clear();
    this.#forgetConnection();
    await this.#closed;
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (this.#isLooking) return;
    const dueAt = Math.min(...[...this.#watched].map((each) => each.dueAt));
    if (dueAt === Number.POSITIVE_INFINITY) return;
    this.#timer = setTimeout(() => void this.#look(), Math.max(0, dueAt - performance.now()));
  }

  /** The time that passes until a KILL has arrived, after the timer that leads to it. */
  get #delayMs(): number {
    return 2 * this.#roundTripMs + this.#lateMs;
  }

  /** Looks at the statements that are due, which takes one question, and kills those whose time is up. */
  async #look(): Promise<void> {
    this.#isLooking = true;
    const now = performance.now() + 1;
    const due = [...this.#watched].filter(({ dueAt }) => dueAt <= now);
    const late = now - Math.min(...due.map(({ dueAt }) => dueAt));
    this.#lateMs = Math.max(late, REMEMBERED * this.#lateMs);
    try {
      const connection = await this.#open();
      const ready = due.filter((each) => this.#isReady(each));
      if (ready.length === 0) return;
      const askedAt = performance.now();
      const sessions = await this.#ask(connection, ready);
      const overdue = ready.filter((each) =>
        this.#isOverdue(each, askedAt, sessions.get(each.connectionId)),
      );
      if (overdue.length > 0) this.#kill(connection, overdue);
    } catch (error) {
      this.#forgetConnection(error);
      for (const each of due) {
        each.problem = error;
        each.dueAt = performance.now() + each.wait.queueMs;
      }
    } finally {
      this.#isLooking = false;
      this.#schedule();
    }
  }

  /** Whether a statement that is due can be looked at; if not, the connection was opened early, and it is due later. */
  #isReady(watched: Watched): boolean {
    if (watched.isReady) return true;
    watched.isReady = true;
    watched.dueAt = judgedAt(watched.wait, this.#delayMs);
    return performance.now() >= watched.dueAt;
  }

  /** Whether a statement has waited for as long as it may; if not, it is looked at again. */
  #isOverdue(watched: Watched, askedAt: number, session: SessionRow | undefined): boolean {
    watched.problem = undefined;
    // It may have ended meanwhile.
    if (!this.#watched.has(watched)) return false;
    const isWaiting =
      isWaitingState(session?.state ?? null) && isStatement(session?.info, watched.head);
    const judgment = judgeWait(watched.wait, { askedAt, isWaiting }, this.#delayMs);
    if (judgment.next === 'kill') return true;
    watched.wait = judgment.wait;
    watched.dueAt = judgment.dueAt;
    return false;
  }

  /** Kills statements, all of them in one packet. If that fails, they are looked at again. */
  #kill(connection: Connection, overdue: readonly Watched[]): void {
    const sql = overdue.map(({ connectionId }) => `KILL QUERY ${connectionId}`).join('; ');
    const sent = query(connection, sql, [], TIMEOUT_MS);
    for (const watched of overdue) {
      watched.dueAt = Number.POSITIVE_INFINITY;
      watched.killing = sent.then(
        () => {},
        (error: unknown) => {
          watched.problem = error;
          watched.killing = undefined;
          watched.dueAt = performance.now() + watched.wait.queueMs;
          this.#schedule();
        },
      );
    }
  }

  async #ask(
    connection: Connection,
    due: readonly Watched[],
  ): Promise<ReadonlyMap<number, SessionRow>> {
    const askedAt = performance.now();
    const rows = await query<SessionRow[]>(
      connection,
      'SELECT ID AS id, STATE AS state, LEFT(INFO, 200) AS info FROM information_schema.PROCESSLIST WHERE ID IN (?)',
      [due.map(({ connectionId }) => connectionId)],
      TIMEOUT_MS,
    );
    const took = performance.now() - askedAt;
    this.#roundTripMs = Math.max(took, REMEMBERED * this.#roundTripMs);
    return new Map(rows.map((row) => [Number(row.id), row]));
  }

  #open(): Promise<Connection> {
    this.#connection ??= new Promise<Connection>((resolve, reject) => {
      this.#closed = this.#using(
        (connection) =>
          new Promise<void>((done, fail) => {
            // A connection that failed is cut off instead of being closed.
            this.#close = (error) => (error === undefined ? done() : fail(error));
            resolve(connection);
          }),
      ).catch(reject);
    });
    return this.#connection;
  }

  #forgetConnection(error?: unknown): void {
    this.#close?.(error);
    this.#close = undefined;
    this.#connection = undefined;
  }
}
