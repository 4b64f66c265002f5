import { setImmediate as turn } from 'node:timers/promises';
import type { Connection } from 'mysql2';
import type { StatementRef } from '../../core/failure.ts';
import { statementShape } from '../../core/migrate/statement-shape.ts';
import { query } from './query.ts';

/** Statements by which Knex begins and ends transactions; they are not the migration's own. */
const TRANSACTION_CONTROL = /^\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE SAVEPOINT)\b/i;

/** Statements that commit what came before them, even where they then fail. */
const COMMITS_BEFORE =
  /^\s*(ALTER|ANALYZE|CREATE(?!\s+TEMPORARY)|DROP(?!\s+TEMPORARY)|GRANT|LOCK\s+TABLES|OPTIMIZE|RENAME|REPAIR|REVOKE|TRUNCATE)\b/i;

/** ER_PARSE_ERROR: not understood, so nothing was committed for it. */
const PARSE_ERROR = 1064;

/** Statements that leave nothing behind in the database. */
const LEAVES_NOTHING = /^\s*(SELECT|SHOW|SET|USE|EXPLAIN|DESCRIBE|DESC)\b/i;

const REFUSED = 'The migration has failed already; nothing more is sent for it.';

/** Flag of the server's OK packet: a transaction is open (SERVER_STATUS_IN_TRANS). */
const IN_TRANSACTION = 1;

/**
 * What is known of the one connection while a migration runs on it: whether a transaction is open,
 * which statement failed, how many took effect for good.
 */
export class MigrationSession {
  readonly connection: Connection;
  /** The server says so in every answer; DDL ends a transaction without being asked. */
  inTransaction = false;
  /** Statements whose effect is committed, whatever happens to the rest. */
  committed = 0;

  #number = 0;
  #uncommitted = 0;
  #refuses = false;
  #running = new Set<Promise<unknown>>();
  #failed = new WeakMap<object, StatementRef>();

  constructor(connection: Connection) {
    this.connection = connection;
  }

  /** Forgets the migration before: statements count from 1 again. */
  startMigration(): void {
    this.committed = 0;
    this.#number = 0;
    this.#uncommitted = 0;
  }

  /** Runs one query of the migration and learns from its answer. */
  async track<Answer>(
    sql: string,
    run: () => Promise<Answer>,
    headerOf: (answer: Answer) => unknown,
  ): Promise<Answer> {
    const control = TRANSACTION_CONTROL.test(sql);
    if (this.#refuses && !control) throw new Error(REFUSED);
    const number = control ? this.#number : ++this.#number;
    const running = run();
    this.#running.add(running);
    try {
      const answer = await running;
      this.#learn(sql, headerOf(answer));
      return answer;
    } catch (error) {
      if (!control && error instanceof Error) {
        this.#failed.set(error, { number, text: statementShape(sql) });
        if (COMMITS_BEFORE.test(sql) && (error as { errno?: unknown }).errno !== PARSE_ERROR) {
          this.#commit();
        }
      }
      throw error;
    } finally {
      this.#running.delete(running);
    }
  }

  /** The statement that an error came from, also where the migration wrapped the error. */
  failedStatement(error: unknown): StatementRef | undefined {
    for (let current = error, depth = 0; current instanceof Error && depth < 10; depth++) {
      const statement = this.#failed.get(current);
      if (statement !== undefined) return statement;
      current = current.cause;
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

  /** Sends nothing more for a migration that has failed. */
  refuseStatements(): void {
    this.#refuses = true;
  }

  /** Rolls back what a failed migration left open, so that the locks are not given back inside of it. */
  async abandonTransaction(): Promise<void> {
    if (!this.inTransaction) return;
    // Where this fails the connection is gone, and the server rolls back by itself.
    await query(this.connection, 'ROLLBACK').catch(() => {});
    this.inTransaction = false;
    this.#uncommitted = 0;
  }

  #learn(sql: string, header: unknown): void {
    const status = serverStatus(header);
    if (status === undefined) return;
    const rolledBack = /^\s*ROLLBACK\s*;?\s*$/i.test(sql);
    this.inTransaction = (status & IN_TRANSACTION) !== 0;
    if (!TRANSACTION_CONTROL.test(sql) && !LEAVES_NOTHING.test(sql)) this.#uncommitted++;
    if (rolledBack) this.#uncommitted = 0;
    if (!this.inTransaction) this.#commit();
  }

  #commit(): void {
    this.committed += this.#uncommitted;
    this.#uncommitted = 0;
  }
}

/** The status flags of an answer: rows bring none, several statements bring those of the last. */
function serverStatus(header: unknown): number | undefined {
  const last = Array.isArray(header) ? header.at(-1) : header;
  const status = (last as { serverStatus?: unknown } | null | undefined)?.serverStatus;
  return typeof status === 'number' ? status : undefined;
}
