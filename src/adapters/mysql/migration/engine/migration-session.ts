import { setImmediate as turn } from 'node:timers/promises';
import type { Connection } from 'mysql2';
import type { StatementRef } from '../../../../core/failure.ts';
import { causesOf } from '../../../server/causes-of.ts';
import type { LostSession } from '../../bookkeeping/session-left.ts';
import { LeftInSession } from '../../journal/left-in-session.ts';
import { DEFAULT_SQL_MODE, type SqlMode } from '../../sql/sql-mode.ts';
import type { StatementTimeout } from './statement-timeout.ts';

/** Facts about the fenced connection that stay the same. */
export interface SessionFacts {
  readonly connection: Connection;
  /** The tenant's. A migration may leave for another one. */
  readonly database: string;
  /** Tables of ours, by their names alone. */
  readonly ownTables: ReadonlySet<string>;
  /** Name of the fence that the connection holds. */
  readonly fence: string;
  /** How long a statement may run; without end if it is absent. */
  readonly timeout: StatementTimeout | undefined;
}

/** `max_allowed_packet` before the server has said more, in bytes: the least that there is. */
const LEAST_PACKET_BYTES = 1024;

/** All that is known about the one connection, and about the attempt that runs on it. */
export class MigrationSession {
  readonly facts: SessionFacts;
  /** How the server reads SQL on this connection now. */
  sqlMode: SqlMode = DEFAULT_SQL_MODE;
  /** `max_allowed_packet`, in bytes. */
  maxPacketBytes = LEAST_PACKET_BYTES;
  /** Whether the connection is lost, whatever a migration makes of the error. */
  isLost = false;
  /** Whether the connection was lost under a statement that the server may have carried out. */
  endUnknown = false;
  /** Whether a failed query may have taken effect in part. */
  maybePartial = false;
  /** Whether a statement was killed since its time was up. */
  timedOut = false;
  /** Whether the migration has left for another database. */
  changedDatabase = false;
  /** Parts of an ended session that migrations before left there. */
  lost: LostSession | undefined;
  /** Settings and objects that the migration leaves in this session. */
  left = new LeftInSession();
  /** Whether the session has settings that are not usual, which decide about tables and queries of ours. */
  isAltered = false;

  #refusal: Error | undefined;
  readonly #running = new Set<Promise<unknown>>();
  #failed = new WeakMap<object, StatementRef>();

  constructor(facts: SessionFacts) {
    this.facts = facts;
  }

  get connection(): Connection {
    return this.facts.connection;
  }

  get isMariaDB(): boolean {
    return (this.connection as { _isMariaDB?: boolean })._isMariaDB === true;
  }

  /** Forgets the migration before. */
  startMigration(): void {
    this.endUnknown = false;
    this.maybePartial = false;
    this.changedDatabase = false;
    this.timedOut = false;
    this.left = new LeftInSession();
    this.#refusal = undefined;
  }

  /** Keeps count of what runs, so that {@link settled} can wait for it. */
  async tracking<Result>(work: Promise<Result>): Promise<Result> {
    this.#running.add(work);
    try {
      return await work;
    } finally {
      this.#running.delete(work);
    }
  }

  /** Remembers from which statement an error came. */
  failedAt(error: unknown, statement: StatementRef): void {
    if (!(error instanceof Error)) return;
    if (!this.#failed.has(error)) this.#failed.set(error, statement);
  }

  /** The statement that an error came from, also if the migration wrapped the error. */
  failedStatement(error: unknown): StatementRef | undefined {
    for (const cause of causesOf(error)) {
      const statement = this.#failed.get(cause);
      if (statement !== undefined) return statement;
    }
    return undefined;
  }

  /** Waits for queries that the migration started without waiting for them, and those that follow them. */
  async settled(): Promise<void> {
    do {
      await Promise.allSettled(this.#running);
      // Whoever was told of an answer has sent the next query by then.
      await turn();
    } while (this.#running.size > 0);
  }

  /** Sends nothing more for a migration that cannot continue, whatever it makes of the error. */
  refuse(why: Error): void {
    this.#refusal ??= why;
  }

  /** Why nothing more is sent. */
  get refusal(): Error | undefined {
    return this.#refusal;
  }
}
