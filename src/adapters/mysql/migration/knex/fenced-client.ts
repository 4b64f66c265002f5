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

/** The longest timer that Node supports, in milliseconds: 24 days. */
const LONGEST_WAIT_MS = 2_147_483_647;

/** Distinguishes queries inside of a transaction's callback from queries outside. */
const insideTransaction = new AsyncLocalStorage<true>();

/** For each query, the queries of the same builder that are sent after it. */
const FOLLOWING = new WeakMap<QueryObject, readonly QueryObject[]>();

/**
 * Creates the class of a Knex client whose connections are all the fenced one. Its classes have the names of
 * those that they extend, because packages check the names, and stack traces show them. Knex creates a
 * transaction's client and a clone with user parameters from the class alone, so each fence needs a separate
 * class.
 *
 * @param classes the classes of the Knex that runs the migrations
 */
export function fencedClientClass(state: FenceState, classes: KnexClasses): typeof PlainClientType {
  const { Client: PlainClient, Transaction: PlainTransaction } = classes;
  const Runner = runnerClass(classes);

  /** Root transactions wait for their turn, because all share one connection. */
  class Transaction_MySQL2 extends PlainTransaction {
    override async acquireConnection<Result>(
      config: { connection?: unknown } | undefined,
      use: (connection: unknown) => Promise<Result>,
    ): Promise<Result> {
      if (this.outerTx) return super.acquireConnection(config, use);
      if (insideTransaction.getStore()) {
        throw needsSecondConnection('A separate transaction inside another transaction');
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
    /** Sets the driver directly: Knex requires it by name for each instance, which takes longer than everything else. */
    override initializeDriver(): void {
      this.driver = mysql2;
    }

    /**
     * Removes `afterCreate`, because the session is set up once and not for each logical connection. The timeout is
     * long, because queries that a migration sends at the same time run one after the other.
     */
    override getPoolSettings(config: object | undefined): object {
      const { afterCreate: _, ...rest } = (config ?? {}) as { afterCreate?: unknown };
      return { ...super.getPoolSettings(rest), acquireTimeoutMillis: LONGEST_WAIT_MS };
    }

    override async acquireRawConnection(): Promise<Connection> {
      return fencedConnection(state);
    }

    /** Always valid: a lost connection cannot be replaced, and the next query reports the loss. */
    override async validateConnection(): Promise<boolean> {
      return true;
    }

    /** Refused, because Knex would open another connection to cancel a query that timed out. */
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

/** A runner that remembers the queries of a schema builder, because some of them can share a packet. */
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

/** The texts of the queries after this one, up to the first one with values. */
function following(query: QueryObject): string[] {
  const texts: string[] = [];
  for (const { sql, bindings = [] } of FOLLOWING.get(query) ?? []) {
    if (bindings.length > 0) break;
    texts.push(sql);
  }
  return texts;
}
