import { hash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, escapeId, type RowDataPacket } from 'mysql2';
import {
  type OnlineTables,
  spiritMarker,
  spiritTables,
} from '../../../../core/safety/online/online-leftovers.ts';
import { spiritStatement } from '../../../../core/safety/online/spirit-statement.ts';
import { query } from '../../connection/query.ts';
import type { LeftWork, OnlineWork } from './online-work.ts';

/** The time to wait for a Spirit whose process has just been killed, in seconds. */
const MOST_SECONDS = 12;
const LOOK_MS = 500;

/** Finds the tables that mark Spirit's tables for one table as Fanfold's. */
export const MARKERS = `SELECT TABLE_NAME AS name FROM information_schema.TABLES AS markers
  WHERE markers.TABLE_SCHEMA = ? AND markers.TABLE_COMMENT = ? AND markers.TABLE_NAME REGEXP '^_fanfold_oc_[0-9a-f]+_spi$'`;
const EXISTING =
  'SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME IN (?)';

/** The table that Spirit changes, and the change if there is one. */
export interface SpiritWorkOf {
  readonly database: string;
  readonly table: string;
  readonly change?: { readonly workName: string; readonly clauses: string } | undefined;
}

/**
 * Tables that Spirit may have left. It names them after the table, drops any that are in its way, and resumes from any
 * checkpoint of the same text. So a table of Fanfold's marks them before Spirit is started.
 */
export class SpiritWork implements OnlineWork {
  readonly #connection: Connection;
  readonly #of: SpiritWorkOf;
  readonly #tables: OnlineTables;

  constructor(connection: Connection, of: SpiritWorkOf) {
    this.#connection = connection;
    this.#of = of;
    this.#tables = spiritTables(of.table);
  }

  get old(): string {
    return this.#tables.old;
  }

  /** Tables with Spirit's names that are not known to be Fanfold's. */
  async foreign(): Promise<string[]> {
    return (await this.#markers()).length > 0 ? [] : [...(await this.#there())];
  }

  async left(seconds = MOST_SECONDS): Promise<LeftWork> {
    if (await this.#isAtWork(seconds)) return 'at work';
    const there = await this.#there();
    const { old, copy, checkpoints } = this.#tables;
    if (there.has(old)) return 'old rows';
    const isOwn = (await this.#markers()).includes(this.#marker());
    const mayResume = isOwn && there.has(copy) && there.has(checkpoints);
    return mayResume && (await this.#hasCheckpoint()) ? 'checkpoint' : 'nothing';
  }

  async hasCopy(): Promise<boolean> {
    return (await this.#there()).has(this.#tables.copy);
  }

  async prepare(resumes: boolean): Promise<void> {
    if (resumes) {
      // Spirit would compare only the rows from here on, although chunks before it were repaired since.
      await this.#do(`UPDATE ${this.#named(this.#tables.checkpoints)} SET checksum_watermark = ''`);
      return;
    }
    await this.drop();
    await this.#do(`CREATE TABLE ${this.#named(this.#marker())} (id INT PRIMARY KEY) COMMENT = ?`, [
      this.#of.table,
    ]);
  }

  async drop(): Promise<string[]> {
    const markers = await this.#markers();
    if (markers.length === 0) return [];
    const there = await this.#there();
    const { old, copy, checkpoints } = this.#tables;
    // The marker stays with the old rows: it shows whose they are.
    const names = [copy, checkpoints].filter((name) => there.has(name));
    if (!there.has(old)) names.push(...markers);
    for (const name of names) await this.#do(`DROP TABLE IF EXISTS ${this.#named(name)}`);
    return names;
  }

  #marker(): string {
    return spiritMarker(this.#of.change?.workName ?? '');
  }

  async #markers(): Promise<string[]> {
    const rows = await this.#read(MARKERS, [this.#of.database, this.#of.table]);
    return rows.map(({ name }) => String(name));
  }

  async #there(): Promise<Set<string>> {
    const rows = await this.#read(EXISTING, [this.#of.database, Object.values(this.#tables)]);
    return new Set(rows.map(({ name }) => String(name)));
  }

  /** Whether a Spirit works on the table: it holds a lock meanwhile, which the server frees when its process ends. */
  async #isAtWork(seconds: number): Promise<boolean> {
    const name = spiritLock(this.#of.database, this.#of.table);
    for (let left = seconds * 1_000; ; left -= LOOK_MS) {
      const [row] = await this.#read('SELECT IS_USED_LOCK(?) AS holder', [name]);
      if (row?.holder === null) return false;
      if (left <= 0) return true;
      await sleep(LOOK_MS);
    }
  }

  /** Whether there is a checkpoint of this change, and the server still has the binary log from there on. */
  async #hasCheckpoint(): Promise<boolean> {
    const { change, table } = this.#of;
    if (change === undefined) return false;
    const [row] = await this.#read(
      `SELECT binlog_name AS file, statement FROM ${this.#named(this.#tables.checkpoints)} ORDER BY id DESC LIMIT 1`,
    );
    if (row?.statement !== spiritStatement(table, change)) return false;
    const logs = await this.#read('SHOW BINARY LOGS');
    return logs.some(({ Log_name: name }) => name === row.file);
  }

  #read(sql: string, values: readonly unknown[] = []): Promise<RowDataPacket[]> {
    return query<RowDataPacket[]>(this.#connection, sql, values);
  }

  async #do(sql: string, values: readonly unknown[] = []): Promise<void> {
    await query(this.#connection, sql, values);
  }

  #named(name: string): string {
    return `${escapeId(this.#of.database, true)}.${escapeId(name, true)}`;
  }
}

/** The name of the lock that Spirit 0.12.0 holds while it works on a table. */
function spiritLock(database: string, table: string): string {
  const cut = (name: string, bytes: number) => Buffer.from(name).subarray(0, bytes).toString();
  const digits = hash('sha1', `${database}${table}`, 'hex').slice(0, 8);
  return `${cut(database, 20)}.${cut(table, 32)}-${digits}`;
}
