import type { Connection } from 'mysql2';
import type { Answer } from '../../journal/stored-answer.ts';
import { FailedStatements } from './failed-statements.ts';
import { PlainStatus } from './plain-status.ts';
import type { StreamedRows } from './streamed-rows.ts';

/** One query as Knex sends it. */
export interface KnexQuery {
  readonly sql: string;
  readonly bindings: readonly unknown[];
  /** Options that Knex hands the driver along with it. */
  readonly options?: object | undefined;
  /** Queries without values that are certain to follow if it succeeds. */
  readonly following?: readonly string[] | undefined;
}

/** The engine, as far as Knex needs it: it journals, replays and runs what a migration sends. */
export interface StatementRunner {
  /** Runs what the migration sends as one query. */
  run(query: KnexQuery): Promise<Answer>;
  /** Starts a stream of rows, which `start` pumps through `rows`. */
  stream(
    query: Pick<KnexQuery, 'sql' | 'bindings'>,
    start: (rows: StreamedRows) => Promise<unknown>,
  ): Promise<unknown>;
}

/** The one connection that there is. */
export interface FencedSession {
  readonly connection: Connection;
}

/** A transaction of Knex that is open, and the logical connection that it has. */
export interface KnexTransaction {
  readonly connection: unknown;
  isCompleted(): boolean;
}

/** All that the parts of one fenced Knex share. */
export class FenceState {
  readonly failed = new FailedStatements();
  readonly status = new PlainStatus();
  /** Ends when the transaction at the head of the queue has ended. */
  turn: Promise<unknown> = Promise.resolve();
  /** The root transaction that is open. */
  open: KnexTransaction | undefined;

  readonly session: FencedSession;
  readonly statements: StatementRunner;

  constructor(session: FencedSession, statements: StatementRunner) {
    this.session = session;
    this.statements = statements;
  }

  get connection(): Connection {
    return this.session.connection;
  }
}
