import { AsyncLocalStorage } from 'node:async_hooks';
import type { Knex } from 'knex';
import type PlainClientType from 'knex/lib/dialects/mysql2/index.js';
import type { QueryObject } from 'knex/lib/dialects/mysql2/index.js';
import type PlainTransactionType from 'knex/lib/dialects/mysql2/transaction.js';
import type PlainRunnerType from 'knex/lib/execution/runner.js';
import mysql2, { type Connection } from 'mysql2';
import { isServerError } from '../../../server/server-error.ts';
import type { FenceState } from './fence-state.ts';
import { announce, fencedConnection } from './fenced-connection.ts';
import type { KnexClasses } from './knex-classes.ts';
import { needsSecondConnection } from './second-connection.ts';

/** The longest that a timer of Node takes: 24 days. */
const LONGEST_WAIT_MS = 2_147_483_647;

/** Tells a query inside a transaction's callback from one beside it. */
const insideTransaction = new AsyncLocalStorage<true>();

/** By a query: those that the same builder was compiled to, and that are sent after it. */
const FOLLOWING = new WeakMap<QueryObject, readonly QueryObject[]>();

/**
 * The class of a Knex client whose connections are all the fenced one. It and the classes beside it have
 * the names of those that they extend: packages look at them, and they stand in stack traces. A transaction's client and a
 * clone with user parameters are made from the class and nothing else, so each fence has one of its own.
 *
 * @param classes those of the Knex that migrations are run with
 */
export function fencedClientClass(state: FenceState, classes: KnexClasses): typeof PlainClientType {
  const { Client: PlainClient, Transaction: PlainTransaction } = classes;
  const Runner = runnerClass(classes);

  /** Root transactions wait for their turn, since all share the one connection. */
  class Transaction_MySQL2 extends PlainTransaction {
    override async acquireConnection<Result>(
      config: { connection?: unknown } | undefined,
      use: (connection: unknown) => Promise<Result>,
    ): Promise<Result> {
      if (this.outerTx) return super.acquireConnection(config, use);
      if (insideTransaction.getStore()) {
        throw needsSecondConnection('A transaction of its own inside another transaction');
      }
      const turn = state.turn.then(() =>
        super.acquireConnection(config, async (connection) => {
          const transaction = this as unknown as { isCompleted(): boolean };
          state.open = { connection, isCompleted: () => transaction.isCompleted() };
          try {
            return await insideTransaction.run(true, () => use(connection));
          } finally {
            state.open = undefined;
          }
        }),
      );
      state.turn = turn.catch(() => {});
      return turn;
    }
  }

  return class Client_MySQL2 extends PlainClient {
    /** Knex asks Node for the driver by its name for each instance, which takes longer than all the rest of making one. */
    override initializeDriver(): void {
      this.driver = mysql2;
    }

    /**
     * The session is set up once, not for each logical connection. And queries that a migration sends at
     * the same time run one after the other here, so the last of many may have to wait for long.
     */
    override getPoolSettings(config: object | undefined): object {
      const { afterCreate: _, ...rest } = (config ?? {}) as { afterCreate?: unknown };
      return { ...super.getPoolSettings(rest), acquireTimeoutMillis: LONGEST_WAIT_MS };
    }

    override async acquireRawConnection(): Promise<Connection> {
      return fencedConnection(state);
    }

    /** There is no other one that a lost connection could be replaced with: the next query says so. */
    override async validateConnection(): Promise<boolean> {
      return true;
    }

    /** Knex would open a connection of its own here, to cancel a query that timed out. */
    override cancelQuery(): Promise<never> {
      return Promise.reject(needsSecondConnection('Cancelling a query (`timeout` with `cancel`)'));
    }

    override transaction(
      container: unknown,
      config?: { connection?: unknown },
      outer?: PlainTransactionType | null,
    ): Knex.Transaction {
      return new Transaction_MySQL2(this, container, config, outer) as unknown as Knex.Transaction;
    }

    override runner(builder: unknown): PlainRunnerType {
      return new Runner(this, builder);
    }

    override async query(connection: unknown, query: QueryObject | string): Promise<unknown> {
      try {
        return await super.query(connection, query);
      } catch (error) {
        if (isServerError(error)) state.failed.rememberMessage(error);
        throw error;
      }
    }

    override _query(connection: unknown, query: QueryObject): Promise<QueryObject> {
      announce(connection, following(query));
      return super._query(connection, query);
    }
  };
}

const RUNNERS = new WeakMap<KnexClasses, typeof PlainRunnerType>();

/** Remembers which queries a schema builder was compiled to, since some can share a packet. */
function runnerClass(classes: KnexClasses): typeof PlainRunnerType {
  const known = RUNNERS.get(classes);
  if (known !== undefined) return known;
  class Runner extends classes.Runner {
    override queryArray(queries: readonly QueryObject[]): Promise<unknown> {
      for (const [index, query] of queries.slice(0, -1).entries()) {
        FOLLOWING.set(query, queries.slice(index + 1));
      }
      return super.queryArray(queries);
    }
  }
  RUNNERS.set(classes, Runner);
  return Runner;
}

/** Texts of the queries that will be sent after it, as far as they have no values. */
function following(query: QueryObject): string[] {
  const texts: string[] = [];
  for (const { sql, bindings = [] } of FOLLOWING.get(query) ?? []) {
    if (bindings.length > 0) break;
    texts.push(sql);
  }
  return texts;
}
