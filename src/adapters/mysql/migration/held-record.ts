import { query } from '../connection/query.ts';
import { sendTexts } from '../connection/send-texts.ts';
import { isServerError } from '../connection/server-error.ts';
import { type SqlText, START } from '../connection/sql-text.ts';
import type { MigrationSession } from './migration-session.ts';
import { RecordNotWritten } from './record-not-written.ts';

/** What says that a migration has ended. */
export interface RecordTexts {
  readonly migration: string;
  readonly texts: readonly SqlText[];
}

/**
 * The record of a migration that has ended, kept until something is sent that it can go along with: the
 * intent of the next one's first statement, or the release of the locks. It begins a transaction, and
 * stands in it before everything else.
 */
export class HeldRecord {
  readonly #session: MigrationSession;
  #record: RecordTexts | undefined;

  constructor(session: MigrationSession) {
    this.#session = session;
  }

  get isHeld(): boolean {
    return this.#record !== undefined;
  }

  /** Keeps a record; one that is kept already is sent. */
  async hold(record: RecordTexts): Promise<void> {
    await this.send();
    this.#record = record;
  }

  /** Gives it out, to be sent in a packet of statements. */
  take(): RecordTexts | undefined {
    const record = this.#record;
    this.#record = undefined;
    return record;
  }

  /**
   * Sends it, if there is one, and what is to stand behind it in the packet. The transaction stays open
   * unless that ends it. Throws `RecordNotWritten`.
   */
  async send(...behind: SqlText[]): Promise<void> {
    const record = this.take();
    if (record !== undefined) await this.#write(record, behind);
  }

  /** A packet with the record in it has failed before its end: sends the record anew, by itself. */
  async sendAgain(record: RecordTexts): Promise<void> {
    await query(this.#session.connection, 'ROLLBACK');
    await this.#write(record, []);
  }

  async #write({ migration, texts }: RecordTexts, behind: readonly SqlText[]): Promise<void> {
    const { connection } = this.#session;
    try {
      const answer = await sendTexts(connection, [START, ...texts, ...behind]);
      this.#session.bookkeepingOnly = true;
      this.#session.learn(answer);
    } catch (error) {
      if (!isServerError(error)) throw error;
      // A part of it must not be committed with what comes next.
      await query(connection, 'ROLLBACK');
      throw new RecordNotWritten(migration, error);
    }
  }
}
