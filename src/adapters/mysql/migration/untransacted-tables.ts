import type { Connection, RowDataPacket } from 'mysql2';
import { query } from '../connection/query.ts';
import { sqlTokens } from '../sql/sql-tokens.ts';

/**
 * The tables of the session's database whose engine knows no transactions, such as MyISAM: what is
 * written there stays, whatever becomes of what was written beside it.
 */
export class UntransactedTables {
  readonly #connection: Connection;
  #names: ReadonlySet<string> | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Whether a statement names one of them. Asks the server once, and again after {@link forget}. */
  async areNamedIn(sql: string): Promise<boolean> {
    this.#names ??= await readNames(this.#connection);
    const names = this.#names;
    return names.size > 0 && sqlTokens(sql).some(({ text }) => names.has(text.toLowerCase()));
  }

  /** A statement may have changed which they are. */
  forget(sql: string): void {
    if (/\b(?:ENGINE|LIKE|RENAME|USE)\b/i.test(sql)) this.#names = undefined;
  }
}

async function readNames(connection: Connection): Promise<ReadonlySet<string>> {
  const rows = await query<RowDataPacket[]>(
    connection,
    "SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND ENGINE NOT IN (SELECT ENGINE FROM information_schema.ENGINES WHERE TRANSACTIONS = 'YES')",
  );
  return new Set(rows.map(({ name }) => String(name).toLowerCase()));
}
