import { JournalEntry } from '../../journal/journal-entry.ts';
import type { SqlStatement } from '../../journal/sql-statement.ts';
import type { Answer } from '../../journal/stored-answer.ts';
import type { PacketSender } from './packet-sender.ts';
import type { StatementSender } from './statement-sender.ts';

/**
 * Runs LOCK TABLES and UNLOCK TABLES of a migration. The journal cannot be written in between, so the row of the
 * lock represents the statements under it until the tables are unlocked.
 */
export class TableLocks {
  readonly #sender: PacketSender;
  readonly #statements: StatementSender;

  constructor(sender: PacketSender, statements: StatementSender) {
    this.#sender = sender;
    this.#statements = statements;
  }

  /** Runs LOCK TABLES. */
  async lock(statement: SqlStatement): Promise<Answer> {
    const entry = new JournalEntry(statement);
    const sending = { need: 'implicit commit', intent: true } as const;
    const { answer } = await this.#statements.run(statement, entry, sending);
    this.#sender.committed();
    this.#sender.tell({ type: 'tables locked' });
    Object.assign(entry, { done: false, written: true, hasEffect: true });
    return answer;
  }

  /** Runs UNLOCK TABLES. */
  async unlock(statement: SqlStatement): Promise<Answer> {
    const { tablesLocked } = this.#sender.state;
    const entry = new JournalEntry(statement);
    const { answer } = await this.#statements.run(statement, entry, { need: 'transaction' });
    entry.hasEffect = true;
    if (tablesLocked) await this.#unlocked();
    return answer;
  }

  /** Unlocks tables that a migration has left locked, so that its record can be written. */
  async unlockLeft(): Promise<void> {
    if (!this.#sender.state.tablesLocked) return;
    await this.#statements.control('UNLOCK TABLES', 'transaction');
    await this.#unlocked();
  }

  /** Writes the rows of statements that ran under the locks, which unlocking has committed. */
  async #unlocked(): Promise<void> {
    const { journal } = this.#sender;
    this.#sender.tell({ type: 'tables unlocked' });
    for (const entry of journal.entries) {
      if (entry.kind === 'locking') Object.assign(entry, { done: true, written: false });
    }
    const write = journal.write();
    if (write !== undefined) await this.#sender.write([write]);
    this.#sender.committed();
  }
}
