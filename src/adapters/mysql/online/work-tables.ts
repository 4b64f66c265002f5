import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, escapeId, type RowDataPacket } from 'mysql2';
import { GHOST_SENTRY } from '../../../core/safety/online/online-leftovers.ts';
import type { OnlineTables } from '../../../core/safety/online/online-program.ts';
import { query } from '../connection/query.ts';

/** A running program writes a heartbeat ten times in this time. */
const HEARTBEAT_MS = 1_000;
/** The time to wait for a program to end whose process has just been killed. */
const MOST_BEATS = 12;

/** The remains of an earlier attempt: nothing to resume from, a checkpoint, a program at work, or somebody's rows. */
export type LeftWork = 'nothing' | 'checkpoint' | 'at work' | 'old rows';

/** Tables that an earlier attempt at the same change may have left in a database. */
export class WorkTables {
  readonly #connection: Connection;
  readonly #database: string;
  readonly #tables: OnlineTables;

  constructor(connection: Connection, database: string, tables: OnlineTables) {
    this.#connection = connection;
    this.#database = database;
    this.#tables = tables;
  }

  /**
   * Determines what an earlier attempt has left.
   *
   * @param beats seconds to wait for a program whose process has just been killed
   */
  async left(beats = MOST_BEATS): Promise<LeftWork> {
    const there = await this.#there();
    if (there.size === 0) return 'nothing';
    const { old, heartbeats, copy, checkpoints } = this.#tables;
    if (there.has(heartbeats) && (await this.#isBeating(beats))) return 'at work';
    if (there.has(old) && there.get(old) !== GHOST_SENTRY) return 'old rows';
    const mayResume = there.has(copy) && there.has(checkpoints) && there.has(heartbeats);
    return mayResume && (await this.#hasLogOfCheckpoint()) ? 'checkpoint' : 'nothing';
  }

  /** Drops the table that a killed program has left in the place of the old one. It has no rows. */
  async dropSentry(): Promise<void> {
    const there = await this.#there();
    if (there.get(this.#tables.old) === GHOST_SENTRY) await this.#drop(this.#tables.old);
  }

  /** Drops all of them but a table with the old rows, which a program that works drops itself. Returns their names. */
  async drop(): Promise<string[]> {
    const { old } = this.#tables;
    const dropped: string[] = [];
    for (const [name, comment] of await this.#there()) {
      if (name === old && comment !== GHOST_SENTRY) continue;
      await this.#drop(name);
      dropped.push(name);
    }
    return dropped;
  }

  /** Comments of the tables that exist, by name. */
  async #there(): Promise<Map<string, string>> {
    const rows = await query<RowDataPacket[]>(
      this.#connection,
      'SELECT TABLE_NAME AS name, TABLE_COMMENT AS comment FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME IN (?)',
      [this.#database, Object.values(this.#tables)],
    );
    return new Map(rows.map(({ name, comment }) => [String(name), String(comment)]));
  }

  async #isBeating(most: number): Promise<boolean> {
    let before = await this.#heartbeat();
    for (let beats = 0; beats < most; beats++) {
      await sleep(HEARTBEAT_MS);
      const now = await this.#heartbeat();
      if (now === before) return false;
      before = now;
    }
    return true;
  }

  async #heartbeat(): Promise<string> {
    const [row] = await query<RowDataPacket[]>(
      this.#connection,
      `SELECT value FROM ${this.#named(this.#tables.heartbeats)} WHERE hint = 'heartbeat'`,
    );
    return String(row?.value);
  }

  /** Whether there is a checkpoint, and the server still has the binary log from there on. */
  async #hasLogOfCheckpoint(): Promise<boolean> {
    const [row] = await query<RowDataPacket[]>(
      this.#connection,
      `SELECT gh_ost_chk_coords AS position FROM ${this.#named(this.#tables.checkpoints)} ORDER BY gh_ost_chk_id DESC LIMIT 1`,
    );
    if (row === undefined) return false;
    const [, file] = /^(.+):\d+$/.exec(String(row.position)) ?? [];
    const logs = await query<RowDataPacket[]>(this.#connection, 'SHOW BINARY LOGS');
    return logs.some(({ Log_name: name }) => name === file);
  }

  #drop(name: string): Promise<unknown> {
    return query(this.#connection, `DROP TABLE IF EXISTS ${this.#named(name)}`);
  }

  #named(name: string): string {
    return `${escapeId(this.#database, true)}.${escapeId(name, true)}`;
  }
}
