import type { PacketSender } from './packet-sender.ts';
import type { StatementSender } from './statement-sender.ts';

/**
 * Starts and ends the transactions of a migration, and handles savepoints. Statements that would change nothing
 * are not sent: BEGIN waits until another statement needs it, and COMMIT is skipped if no transaction is
 * open. Rows of the journal are committed together with their statements.
 */
export class TransactionControl {
  readonly #sender: PacketSender;
  readonly #statements: StatementSender;
  /** The number of the last statement before each savepoint, by the savepoint's name. */
  readonly #savepoints = new Map<string, number>();

  constructor(sender: PacketSender, statements: StatementSender) {
    this.#sender = sender;
    this.#statements = statements;
  }

  /**
   * Runs a control statement.
   *
   * @param number the number of the last statement
   * @param isReplaying whether an earlier attempt ran the next statement
   */
  async run(sql: string, number: number, isReplaying: boolean): Promise<void> {
    const sender = this.#sender;
    await sender.settle();
    const isOpen = sender.state.open === 'migration';
    const words = sql.replace(/;?\s*$/, '');
    if (/^\s*SET\b/i.test(sql)) {
      // It applies to the next transaction; inside of one, the server reports an error.
      const isInside = isOpen || (sender.state.wanted !== undefined && !isReplaying);
      if (isInside) await this.#statements.control(sql, 'transaction');
      else sender.tell({ type: 'isolated', sql: words });
    } else if (/^\s*(?:BEGIN|START)\b/i.test(sql)) {
      if (isOpen) await sender.commit({ own: true });
      sender.tell({ type: 'wanted', sql: words });
    } else if (/^\s*COMMIT\b/i.test(sql)) {
      const { refusal } = sender.session;
      if (refusal !== undefined) throw refusal;
      sender.tell({ type: 'unwanted' });
      if (isOpen) await sender.commit({ own: true });
      if (isChained(sql)) sender.tell({ type: 'wanted', sql: 'BEGIN' });
    } else if (/^\s*ROLLBACK\b(?!.*\bTO\b)/is.test(sql)) {
      sender.tell({ type: 'unwanted' });
      if (isOpen) await sender.rollback();
      if (isChained(sql)) sender.tell({ type: 'wanted', sql: 'BEGIN' });
    } else if (!isReplaying || sender.state.wanted === undefined) {
      await this.#savepoint(sql, number, isOpen);
    }
  }

  async #savepoint(sql: string, number: number, isOpen: boolean): Promise<void> {
    const { session, journal } = this.#sender;
    if (session.refusal !== undefined) return;
    const [, name = ''] = /([^\s;]+)\s*;?\s*$/.exec(sql) ?? [];
    if (/^\s*SAVEPOINT\b/i.test(sql)) {
      await this.#statements.control(sql, 'transaction');
      this.#savepoints.set(name, number);
    } else {
      // After DDL the savepoint does not exist, and the server reports that as under plain Knex.
      await this.#statements.control(sql, 'transaction');
      if (isOpen && /^\s*ROLLBACK\b/i.test(sql)) journal.rolledBack(this.#savepoints.get(name));
    }
  }
}

function isChained(sql: string): boolean {
  return /\bAND\s+CHAIN\b/i.test(sql);
}
