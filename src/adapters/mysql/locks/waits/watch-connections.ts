import type { Connection } from 'mysql2';
import { readClock, type ServerClock } from './timed-kill.ts';

/** Opens a connection of the user whose sessions are watched, and closes it when `work` has ended. */
export type UsingWatchConnection = (
  work: (connection: Connection) => Promise<void>,
) => Promise<void>;

/** A connection whose session is prepared for watching. */
export interface WatchConnection {
  readonly connection: Connection;
  readonly clock: ServerClock;
  /** Closes it, or cuts it off after an error. */
  readonly end: (error?: unknown) => void;
}

/**
 * The connections over which one user's statements are watched. A connection is busy while the server waits until the
 * time of a KILL has come, so that a few are needed if many statements wait.
 */
export class WatchConnections {
  readonly #using: UsingWatchConnection;
  readonly #timeoutMs: number;
  readonly #most: number;
  readonly #free: WatchConnection[] = [];
  readonly #closed = new Set<Promise<void>>();
  #busy = 0;

  constructor(using: UsingWatchConnection, limits: { timeoutMs: number; most: number }) {
    this.#using = using;
    this.#timeoutMs = limits.timeoutMs;
    this.#most = limits.most;
  }

  /** Whether none is open yet, so that the next use has to open one. */
  get isEmpty(): boolean {
    return this.#free.length + this.#busy === 0;
  }

  /** Whether one is free or may be opened. */
  get hasRoom(): boolean {
    return this.#free.length > 0 || this.#busy < this.#most;
  }

  /** Lends a connection to `work`; one at which it has failed is not used again. */
  async using(work: (connection: WatchConnection) => Promise<void>): Promise<void> {
    this.#busy++;
    let taken: WatchConnection | undefined;
    try {
      taken = this.#free.pop() ?? (await this.#open());
      await work(taken);
      this.#free.push(taken);
    } catch (error) {
      taken?.end(error);
      throw error;
    } finally {
      this.#busy--;
    }
  }

  /** Closes those that are free, and waits until all are closed. */
  async close(): Promise<void> {
    for (const { end } of this.#free.splice(0)) end();
    await Promise.all(this.#closed);
  }

  async #open(): Promise<WatchConnection> {
    const opened = Promise.withResolvers<Connection>();
    const ended = Promise.withResolvers<void>();
    const closed: Promise<void> = this.#using((connection) => {
      opened.resolve(connection);
      return ended.promise;
    })
      .catch(opened.reject)
      .finally(() => this.#closed.delete(closed));
    this.#closed.add(closed);
    // A connection that failed is cut off instead of being closed.
    const end = (error?: unknown) => (error === undefined ? ended.resolve() : ended.reject(error));
    const connection = await opened.promise;
    try {
      return { connection, clock: await readClock(connection, this.#timeoutMs), end };
    } catch (error) {
      end(error);
      throw error;
    }
  }
}
