import type { Connection } from 'mysql2';
import type { Answer } from '../../journal/stored-answer.ts';
import { FailedStatements } from './failed-statements.ts';
import { PlainStatus } from './plain-status.ts';
import type { StreamedRows } from './streamed-rows.ts';

/** A query of Knex. */
export interface KnexQuery {
  readonly sql: string;
  readonly bindings: readonly unknown[];
  /** The options that Knex passes to the driver with the query. */
  readonly options?: object | undefined;
  /** Queries without values that certainly follow if it succeeds. */
  readonly following?: readonly string[] | undefined;
}

/** The interface of the engine for Knex: it journals, replays and runs a migration's queries. */
export interface StatementRunner {
  /** Runs one query of the migration. */
  run(query: KnexQuery): Promise<Answer>;
  /** Starts a stream of rows, which `start` pumps through `rows`. */
  stream(
    query: Pick<KnexQuery, 'sql' | 'bindings'>,
    start: (rows: StreamedRows) => Promise<unknown>,
  ): Promise<unknown>;
}

/** The session with the fenced connection. */
export interface FencedSession {
  readonly connection: Connection;
}

/** An open transaction of Knex, with its logical connection. */
export interface KnexTransaction {
  readonly connection: unknown;
  isCompleted(): boolean;
}

/** The state that all parts of one fenced Knex share. */
export class FenceState {
  readonly failed = new FailedStatements();
  readonly status = new PlainStatus();
  /** Settles when the last queued transaction has ended. */
  turn: Promise<unknown> = Promise.resolve();
  /** The open root transaction. */
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
