import type { SqlText } from '../../connection/sql-text.ts';

/** The rows that record the end of a migration. */
export interface MigrationRecordTexts {
  /** The migration's id. */
  readonly migration: string;
  readonly texts: readonly SqlText[];
  /** Whether the transaction that is open holds effects that a rollback would undo: its own, or earlier ones. */
  readonly hasUncommittedEffects: boolean;
  /** Called once, when the rows are durable. */
  readonly onDurable: () => void;
}

/**
 * The records of migrations that have ended, in order. Each waits for a packet that can contain it. After a
 * rollback it waits again, unless the effects of its migration were rolled back too. The records are therefore
 * always written in this order, and the ids of `knex_migrations` equal those under plain Knex.
 */
export class PendingRecords {
  #waiting: MigrationRecordTexts[] = [];
  #sent: MigrationRecordTexts[] = [];
  /** The records of migrations with uncommitted effects. */
  readonly #uncommitted = new Set<MigrationRecordTexts>();

  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** Queues the record of a migration that has ended. */
  add(record: MigrationRecordTexts): void {
    this.#waiting.push(record);
    if (record.hasUncommittedEffects) this.#uncommitted.add(record);
  }

  /** Returns all waiting records, which count as sent from now on. */
  send(): readonly MigrationRecordTexts[] {
    const sending = this.#waiting;
    this.#waiting = [];
    this.#sent.push(...sending);
    return sending;
  }

  /** Records a commit: sent records are durable, and so are the effects of all ended migrations. */
  committed(): void {
    this.#uncommitted.clear();
    const durable = this.#sent;
    this.#sent = [];
    for (const { onDurable } of durable) onDurable();
  }

  /**
   * Records a rollback: sent records wait again, before the others. A migration whose effects were rolled back
   * too has not run, and must not be recorded.
   */
  rolledBack(): void {
    const records = [...this.#sent, ...this.#waiting];
    this.#waiting = records.filter((record) => !this.#uncommitted.has(record));
    this.#sent = [];
    this.#uncommitted.clear();
  }
}
