import type { PacketSender } from './packet-sender.ts';

/**
 * Begins and ends transactions for a migration, and makes savepoints. What would change nothing is
 * not sent: BEGIN waits until something needs it, and COMMIT has nothing to do if none is open.
 * Rows of the journal are committed with what they are about.
 */
export class TransactionControl {
  readonly #sender: PacketSender;
  /** By name of a savepoint: the number of the last statement before it. */
  readonly #savepoints = new Map<string, number>();

  constructor(sender: PacketSender) {
    this.#sender = sender;
  }

  /** `number`: of the last statement; `isReplaying`: the next one is one that an earlier attempt ran. */
  async run(sql: string, number: number, isReplaying: boolean): Promise<void> {
    const sender = this.#sender;
    await sender.settle();
    const isOpen = sender.state.open === 'migration';
    const words = sql.replace(/;?\s*$/, '');
    if (/^\s*SET\b/i.test(sql)) {
      // About the next transaction; inside of one the server says that this is an error.
      if (isOpen) await sender.control(sql, 'transaction');
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
      await this.#sender.control(sql, 'transaction');
      this.#savepoints.set(name, number);
    } else {
      // After DDL there is none, and the server says so as it does under plain Knex.
      await this.#sender.control(sql, 'transaction');
      if (isOpen && /^\s*ROLLBACK\b/i.test(sql)) journal.rolledBack(this.#savepoints.get(name));
    }
  }
}

function isChained(sql: string): boolean {
  return /\bAND\s+CHAIN\b/i.test(sql);
}
