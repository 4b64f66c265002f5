import { type Process, readOtherSessions } from '../../connection/process-list.ts';
import { atWork, expectedLateness, killedAt, lookedAt, type WatchedWait } from './judge-wait.ts';
import { killInTime } from './timed-kill.ts';
import { headOf, isStatement, isWaitingState } from './waiting-state.ts';
import {
  type UsingWatchConnection,
  type WatchConnection,
  WatchConnections,
} from './watch-connections.ts';

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
  dueAt: number;
  /** The packet that may kill it, until it was answered. */
  killing: Promise<void> | undefined;
  isKilled: boolean;
  /** The time for which the KILL was planned. */
  killAt: number;
  /** Whether a look at it is under way. */
  isTaken: boolean;
  problem: unknown;
}

/** Statements at work, as the process list has them. */
interface Sessions {
  /** The time before the server was asked. */
  readonly askedAt: number;
  readonly rows: ReadonlyMap<number, Process>;
}

const NO_SESSIONS: Sessions = { askedAt: 0, rows: new Map() };

/** The maximum time in milliseconds that a question or a KILL may take. */
const TIMEOUT_MS = 5_000;
/** The share of `queueMs` after which the connection is opened, so that it is ready when it is needed. */
const OPEN_AFTER = 0.25;
/** The share of `queueMs` for which a statement may be looked at early, together with others. */
const EARLY = 0.1;
/** Connections for the statements of one user: as many as are asleep if statements begin to wait all the time. */
const MOST_CONNECTIONS = 4;

/**
 * Watches statements of one user on one server over other connections, which are opened only when one has not
 * been answered for a quarter of its time. It lets the server kill a statement that has waited for a lock for too
 * long. A user may see and kill its own sessions without a privilege.
 *
 * A statement may get its lock at the moment of the KILL. It then either ends as if nothing had happened, or fails
 * without an effect, because DDL is atomic. The caller settles which.
 */
export class LockWatch {
  readonly #connections: WatchConnections;
  readonly #watched = new Set<Watched>();
  readonly #looks = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  /** How long after its time a KILL is expected to take effect. */
  #lateMs = 0;

  constructor(using: UsingWatchConnection) {
    this.#connections = new WatchConnections(using, {
      timeoutMs: TIMEOUT_MS,
      most: MOST_CONNECTIONS,
    });
  }

  /** Starts watching a statement that is sent now on the connection with this id. */
  start(connectionId: number, sql: string, queueMs: number): WatchedStatement {
    const now = performance.now();
    const wait: WatchedWait = { queueMs, freeAt: now, hasWorked: false };
    const watched: Watched = {
      connectionId,
      head: headOf(sql),
      wait,
      dueAt: this.#connections.isEmpty ? now + queueMs * OPEN_AFTER : lookedAt(wait),
      killing: undefined,
      isKilled: false,
      killAt: Number.POSITIVE_INFINITY,
      isTaken: false,
      problem: undefined,
    };
    this.#watched.add(watched);
    this.#schedule();
    return {
      stop: async () => {
        const endedAt = performance.now();
        this.#watched.delete(watched);
        this.#schedule();
        await watched.killing;
        const { isKilled, problem, killAt } = watched;
        if (isKilled) this.#lateMs = expectedLateness(this.#lateMs, endedAt - killAt);
        return {
          isKilled,
          hasWorked: watched.wait.hasWorked,
          ...(problem === undefined ? {} : { problem }),
        };
      },
    };
  }

  /** Closes the connections. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#watched.clear();
    await Promise.all(this.#looks);
    await this.#connections.close();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    // The end of a look schedules the next one.
    if (!this.#connections.hasRoom) return;
    const free = [...this.#watched].filter(({ isTaken }) => !isTaken);
    const dueAt = Math.min(...free.map((each) => each.dueAt));
    if (dueAt === Number.POSITIVE_INFINITY) return;
    this.#timer = setTimeout(() => this.#lookAtDue(), Math.max(0, dueAt - performance.now()));
  }

  #lookAtDue(): void {
    const now = performance.now() + 1;
    const due = [...this.#watched].filter(
      ({ isTaken, dueAt, wait }) => !isTaken && dueAt <= now + wait.queueMs * EARLY,
    );
    for (const each of due) each.isTaken = true;
    const look = this.#look(due).finally(() => {
      for (const each of due) each.isTaken = false;
      this.#looks.delete(look);
      this.#schedule();
    });
    this.#looks.add(look);
    this.#schedule();
  }

  /** Looks at statements. Those that may wait are left to the server, which kills them in time. */
  async #look(due: readonly Watched[]): Promise<void> {
    try {
      await this.#connections.using(async (watch) => {
        const now = performance.now() + 1;
        // Opening was begun early, and it is not yet time for some.
        const isReady = ({ wait }: Watched) => lookedAt(wait) <= now + wait.queueMs * EARLY;
        for (const each of due) each.dueAt = Math.max(each.dueAt, lookedAt(each.wait));
        const ready = due.filter(isReady);
        const working = ready.filter(({ wait }) => wait.hasWorked);
        const sessions = working.length === 0 ? NO_SESSIONS : await this.#ask(watch, working);
        const waiting = ready.filter((each) => this.#mayWait(each, sessions));
        if (waiting.length > 0) await this.#kill(watch, waiting);
      });
    } catch (error) {
      for (const each of due) {
        each.problem = error;
        each.dueAt = performance.now() + each.wait.queueMs;
      }
    }
  }

  /** Whether a statement may wait for a lock: one that has not worked yet, or one that is seen to wait. */
  #mayWait(watched: Watched, { askedAt, rows }: Sessions): boolean {
    watched.problem = undefined;
    // It may have ended meanwhile.
    if (!this.#watched.has(watched)) return false;
    if (!watched.wait.hasWorked) return true;
    const session = rows.get(watched.connectionId);
    if (isWaitingState(session?.state ?? null) && isStatement(session?.info, watched.head)) {
      return true;
    }
    this.#isAtWork(watched, askedAt);
    return false;
  }

  #isAtWork(watched: Watched, askedAt: number): void {
    watched.wait = atWork(watched.wait, askedAt);
    watched.dueAt = lookedAt(watched.wait);
  }

  /** Lets the server kill statements if they still wait when their time is up. */
  async #kill({ connection, clock }: WatchConnection, waiting: readonly Watched[]): Promise<void> {
    const askedAt = performance.now();
    for (const each of waiting) each.killAt = killedAt(each.wait, this.#lateMs);
    const kills = waiting
      .map(({ connectionId, head, killAt: at }) => ({ connectionId, head, at }))
      .sort((one, other) => one.at - other.at);
    const answered = Promise.withResolvers<void>();
    for (const each of waiting) each.killing = answered.promise;
    try {
      const killed = await killInTime(connection, kills, clock, TIMEOUT_MS);
      for (const each of waiting) {
        each.isKilled = killed.has(each.connectionId);
        // It gives way now, or it has its lock.
        if (each.isKilled) each.dueAt = Number.POSITIVE_INFINITY;
        else this.#isAtWork(each, askedAt);
      }
    } catch (error) {
      // The server may have killed them all the same: if one was interrupted, it was by this.
      for (const each of waiting) each.isKilled = true;
      throw error;
    } finally {
      for (const each of waiting) each.killing = undefined;
      answered.resolve();
    }
  }

  async #ask({ connection }: WatchConnection, working: readonly Watched[]): Promise<Sessions> {
    const askedAt = performance.now();
    const ids = working.map(({ connectionId }) => connectionId);
    const sessions = await readOtherSessions(connection, { id: ids }, TIMEOUT_MS);
    return { askedAt, rows: new Map(sessions.map((session) => [session.id, session])) };
  }
}
