import { query } from '../connection/query.ts';
import type { StatementSender } from './statement-sender.ts';

/**
 * Begins and ends transactions for a migration, and makes savepoints. What would change nothing is
 * not sent: BEGIN waits until something needs it, and COMMIT has nothing to do where none is open.
 * Rows of the journal are committed with what they are about.
 */
export class TransactionControl {
  readonly #sender: StatementSender;
  /** By name of a savepoint: the number of the last statement before it. */
  readonly #savepoints = new Map<string, number>();

  constructor(sender: StatementSender) {
    this.#sender = sender;
  }

  /** `number`: of the last statement; `isReplaying`: the next one is one that an earlier attempt ran. */
  async run(sql: string, number: number, isReplaying: boolean): Promise<void> {
    const { session } = this.#sender;
    const isOpen = session.inTransaction && !session.bookkeepingOnly;
    if (/^\s*SET\b/i.test(sql)) {
      // About the next transaction; inside of one the server says that this is an error.
      if (isOpen) await query(session.connection, sql);
      else this.#sender.isolate(sql.replace(/;?\s*$/, ''));
    } else if (/^\s*(?:BEGIN|START)\b/i.test(sql)) {
      if (isOpen) await this.#sender.commit();
      this.#sender.begin(sql.replace(/;?\s*$/, ''));
    } else if (/^\s*COMMIT\b/i.test(sql)) {
      if (session.refusal !== undefined) throw session.refusal;
      session.wantsTransaction = false;
      if (isOpen) await this.#sender.commit();
      if (isChained(sql)) this.#sender.begin('BEGIN');
    } else if (/^\s*ROLLBACK\b(?!.*\bTO\b)/is.test(sql)) {
      session.wantsTransaction = false;
      if (isOpen) await this.#sender.rollback();
      if (isChained(sql)) this.#sender.begin('BEGIN');
    } else if (!isReplaying) {
      await this.#savepoint(sql, number, isOpen);
    }
  }

  async #savepoint(sql: string, number: number, isOpen: boolean): Promise<void> {
    const { session, journal } = this.#sender;
    if (session.refusal !== undefined) return;
    const [, name = ''] = /([^\s;]+)\s*;?\s*$/.exec(sql) ?? [];
    if (/^\s*SAVEPOINT\b/i.test(sql)) {
      await this.#sender.record.send();
      const opening = this.#sender.opening().map((text) => text.sql);
      await query(session.connection, [...opening, sql].join(';\n'));
      this.#savepoints.set(name, number);
    } else if (isOpen) {
      // DDL has taken the savepoints along where no transaction is open.
      await query(session.connection, sql);
      if (/^\s*ROLLBACK\b/i.test(sql)) journal.rolledBack(this.#savepoints.get(name));
    }
  }
}

function isChained(sql: string): boolean {
  return /\bAND\s+CHAIN\b/i.test(sql);
}
