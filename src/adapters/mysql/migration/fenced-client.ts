import { AsyncLocalStorage } from 'node:async_hooks';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import knex, { type Knex } from 'knex';
import Client_MySQL2, { type QueryObject } from 'knex/lib/dialects/mysql2/index.js';
import Transaction_MySQL2 from 'knex/lib/dialects/mysql2/transaction.js';
import Runner from 'knex/lib/execution/runner.js';
import mysql2, { type Connection } from 'mysql2';
import { FanfoldError } from '../../../core/errors.ts';
import type { Answer } from '../journal/stored-answer.ts';
import type { MigrationSession } from './migration-session.ts';
import type { MigrationStatements } from './migration-statements.ts';

/**
 * A Knex that has one connection, the fenced one, and never opens a second: no pool stands behind
 * it that could replace a lost connection without its lock and session settings.
 */
export function knexOnSession(
  session: MigrationSession,
  statements: MigrationStatements,
  database: string,
): Knex {
  const { host, port, user } = session.connection.config;
  return knex({
    client: FencedClient as unknown as typeof Knex.Client,
    // Knex and migrations look here for the name of the database. Nothing connects with it.
    connection: { host, port, user, database },
    pool: { min: 0, max: 0 },
    [SESSION]: {
      session,
      statements,
      turn: Promise.resolve(),
      open: undefined,
    } satisfies RootState,
    // Bindings are data: errors carry the statement without them.
    compileSqlOnError: false,
    log: { warn() {}, error() {}, deprecate() {}, debug() {} },
  } as Knex.Config);
}

/** A transaction's client is made from the class and the config, so all state lives in the config. */
const SESSION = Symbol('fenced session');

interface RootState {
  readonly session: MigrationSession;
  readonly statements: MigrationStatements;
  /** Ends when the transaction at the head of the queue has ended. */
  turn: Promise<unknown>;
  /** The root transaction that is open. */
  open: { isCompleted(): boolean } | undefined;
}

/** Tells a query inside a transaction's callback from one beside it. */
const insideTransaction = new AsyncLocalStorage<true>();

class FencedClient extends Client_MySQL2 {
  /** Knex asks Node for the driver by its name for each instance, which takes longer than all the rest of making one. */
  override initializeDriver(): void {
    this.driver = mysql2;
  }

  /** A query outside of any transaction asks for a connection here; a transaction's own do not. */
  override async acquireConnection(): Promise<Connection> {
    const root = rootState(this);
    // Whoever has waited for COMMIT or ROLLBACK may be told before the transaction's turn has ended.
    if (root.open?.isCompleted() === true) await root.turn;
    if (root.open !== undefined) {
      throw needsSecondConnection('A query outside of the transaction that is open');
    }
    return root.session.connection;
  }

  override async releaseConnection(): Promise<void> {}

  /** Knex would open a connection of its own here, to cancel a query that timed out. */
  override acquireRawConnection(): Promise<never> {
    return Promise.reject(needsSecondConnection('Cancelling a query (`timeout` with `cancel`)'));
  }

  override transaction(
    container: unknown,
    config?: { connection?: unknown },
    outer?: Transaction_MySQL2 | null,
  ): Knex.Transaction {
    return new FencedTransaction(this, container, config, outer) as unknown as Knex.Transaction;
  }

  override runner(builder: unknown): Runner {
    return new FencedRunner(this, builder);
  }

  override async _query(connection: unknown, query: QueryObject): Promise<QueryObject> {
    const send = async (sql: string, bindings: readonly unknown[]): Promise<Answer> => {
      const sent = { ...query, sql, bindings };
      const answered = await Client_MySQL2.prototype._query.call(this, connection, sent);
      return answered.response as Answer;
    };
    const { sql, bindings = [] } = query;
    const { statements } = rootState(this);
    try {
      return { ...query, response: await statements.run(sql, bindings, send, following(query)) };
    } catch (error) {
      if (error instanceof Error) keepMessage(error);
      throw error;
    }
  }

  override _stream(
    connection: unknown,
    query: QueryObject,
    stream: NodeJS.WritableStream,
    options: object,
  ): Promise<unknown> {
    const { session, statements } = rootState(this);
    const streaming = statements.stream(query.sql, async (rows) => {
      // The driver tells a stream nothing when its connection is lost: it would wait for ever.
      const lost = (error: Error) => rows.destroy(error);
      session.connection.once('error', lost);
      try {
        const passing = pipeline(rows, stream);
        await Promise.all([super._stream(connection, query, rows, options), passing]);
      } finally {
        session.connection.removeListener('error', lost);
      }
    });
    // Knex takes it for told where it had a connection.
    streaming.catch((error) => (stream as Writable).destroy(error));
    return streaming;
  }

  /** Knex learns this on connections that it opens itself; a few statements depend on it. */
  get isMariaDB(): boolean {
    return rootState(this).session.isMariaDB;
  }
}

/** By a query: those that the same builder was compiled to, and that are sent behind it. */
const FOLLOWING = new WeakMap<QueryObject, readonly QueryObject[]>();

/** Remembers which queries a schema builder was compiled to, since some can share a packet. */
class FencedRunner extends Runner {
  override queryArray(queries: readonly QueryObject[]): Promise<unknown> {
    for (const [index, query] of queries.slice(0, -1).entries()) {
      FOLLOWING.set(query, queries.slice(index + 1));
    }
    return super.queryArray(queries);
  }
}

/** Texts of the queries that will be sent behind it, as far as they have no values. */
function following(query: QueryObject): string[] {
  const texts: string[] = [];
  for (const { sql, bindings = [] } of FOLLOWING.get(query) ?? []) {
    if (bindings.length > 0) break;
    texts.push(sql);
  }
  return texts;
}

/** Root transactions wait for their turn, since all share the one connection. */
class FencedTransaction extends Transaction_MySQL2 {
  override async acquireConnection<Result>(
    config: { connection?: unknown } | undefined,
    use: (connection: unknown) => Promise<Result>,
  ): Promise<Result> {
    if (this.outerTx) return super.acquireConnection(config, use);
    if (insideTransaction.getStore()) {
      throw needsSecondConnection('A transaction of its own inside another transaction');
    }
    const root = rootState(this.client);
    const before = root.turn;
    const turn = before.then(async () => {
      root.open = this as unknown as { isCompleted(): boolean };
      try {
        return await insideTransaction.run(true, () =>
          super.acquireConnection({ ...config, connection: root.session.connection }, use),
        );
      } finally {
        root.open = undefined;
      }
    });
    root.turn = turn.catch(() => {});
    return turn;
  }
}

/**
 * Knex writes the statement before the message of every error that it passes on, our own included, and
 * with it the literals that nobody is to see; a failure names the statement by itself.
 */
function keepMessage(error: Error): void {
  const { message } = error;
  // A property that cannot be written would make Knex throw, where it is bundled as a module.
  Object.defineProperty(error, 'message', { get: () => message, set() {}, configurable: true });
}

/** Whether a transaction that the migration opened is still open. */
export function hasOpenTransaction(instance: Knex): boolean {
  return rootState(instance.client).open !== undefined;
}

function rootState(client: Knex.Client): RootState {
  return (client.config as unknown as { [SESSION]: RootState })[SESSION];
}

function needsSecondConnection(what: string): FanfoldError {
  return new FanfoldError(
    'MigrationNeedsSecondConnection',
    `${what} would need a second connection, and wait there for the first for ever.`,
    {
      fault: 'migration',
      nextStep:
        'Send the query through the transaction: trx("table") or query.transacting(trx) instead of knex("table").',
    },
  );
}
