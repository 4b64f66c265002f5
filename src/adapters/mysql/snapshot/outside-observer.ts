import type { OutsideStatement } from '../../../core/snapshot/snapshot-ports.ts';
import type { SqlStatement } from '../journal/sql-statement.ts';
import type { PacketAnswers } from '../migration/engine/send-packet.ts';
import type { StatementObserver } from '../migration/engine/statement-observer.ts';
import { outsideReason } from './outside-reason.ts';

/** The longest beginning of a statement that is shown. */
const SHOWN = 60;

/** Notes statements that a snapshot of the database could not repeat. */
export class OutsideObserver implements StatementObserver {
  readonly found: OutsideStatement[] = [];
  readonly #database: string;
  #migration = '';

  constructor(database: string) {
    this.#database = database;
  }

  started(migration: string): void {
    this.#migration = migration;
  }

  async send(
    statement: SqlStatement,
    text: string,
    send: (text: string) => Promise<PacketAnswers>,
  ): Promise<PacketAnswers> {
    const answers = await send(text);
    if (answers.error === undefined) this.#look(text, statement);
    return answers;
  }

  streamed(statement: SqlStatement): void {
    this.#look(statement.sql, statement);
  }

  #look(text: string, { sql, mode, kind }: SqlStatement): void {
    const why = outsideReason(text, { database: this.#database, mode, kind });
    // Without values, which may be secrets.
    const shown = sql.replace(/\s+/g, ' ').replace(/'.*/s, '').trim().slice(0, SHOWN);
    if (why !== undefined) this.found.push({ migration: this.#migration, text: shown, why });
  }
}
