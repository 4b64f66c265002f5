import type { SqlText } from '../../connection/sql-text.ts';

/** The rows that say that a migration has ended. */
export interface MigrationRecordTexts {
  /** Its id. */
  readonly migration: string;
  readonly texts: readonly SqlText[];
  /** Is told once, when the rows are there to stay. */
  readonly onDurable: () => void;
}

/**
 * Records of migrations that have ended, in the order in which they ended. Each waits for a packet that
 * it can travel with; rolled back, it waits again. So they are written in that order whatever the
 * migrations sent, and `knex_migrations` counts as it does under plain Knex.
 */
export class PendingRecords {
  #waiting: MigrationRecordTexts[] = [];
  #sent: MigrationRecordTexts[] = [];

  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** Queues the record of a migration that has ended. */
  add(record: MigrationRecordTexts): void {
    this.#waiting.push(record);
  }

  /** Gives out all that wait, to be sent. */
  send(): readonly MigrationRecordTexts[] {
    const sending = this.#waiting;
    this.#waiting = [];
    this.#sent.push(...sending);
    return sending;
  }

  /** Records that were sent are there to stay. */
  committed(): void {
    const durable = this.#sent;
    this.#sent = [];
    for (const { onDurable } of durable) onDurable();
  }

  /** Records that were sent are gone: they wait again, before the others. */
  rolledBack(): void {
    this.#waiting = [...this.#sent, ...this.#waiting];
    this.#sent = [];
  }
}
