import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, escapeId, type RowDataPacket } from 'mysql2';
import {
  GHOST_SENTRY,
  type GhostTables,
  ghostTables,
} from '../../../../core/safety/online/online-leftovers.ts';
import { query } from '../../connection/query.ts';
import type { LeftWork, OnlineWork } from './online-work.ts';

/** A running program writes a heartbeat ten times in this time. */
const HEARTBEAT_MS = 1_000;
/** The time to wait for a program to end whose process has just been killed. */
const MOST_BEATS = 12;

/** Tables that an earlier attempt by gh-ost at the same change may have left in a database. */
export class GhostWork implements OnlineWork {
  readonly #connection: Connection;
  readonly #database: string;
  readonly #tables: GhostTables;

  constructor(connection: Connection, database: string, workName: string) {
    this.#connection = connection;
    this.#database = database;
    this.#tables = ghostTables(workName);
  }

  get old(): string {
    return this.#tables.old;
  }

  async left(beats = MOST_BEATS): Promise<LeftWork> {
    const there = await this.#there();
    if (there.size === 0) return 'nothing';
    const { old, heartbeats, copy, checkpoints } = this.#tables;
    if (there.has(heartbeats) && (await this.#isBeating(beats))) return 'at work';
    if (there.has(old) && there.get(old) !== GHOST_SENTRY) return 'old rows';
    const mayResume = there.has(copy) && there.has(checkpoints) && there.has(heartbeats);
    return mayResume && (await this.#hasLogOfCheckpoint()) ? 'checkpoint' : 'nothing';
  }

  async hasCopy(): Promise<boolean> {
    return (await this.#there()).has(this.#tables.copy);
  }

  async prepare(resumes: boolean): Promise<void> {
    if (resumes) await this.#dropSentry();
    else await this.drop();
  }

  /** Drops the table that a killed program has left in the place of the old one. It has no rows. */
  async #dropSentry(): Promise<void> {
    const there = await this.#there();
    if (there.get(this.#tables.old) === GHOST_SENTRY) await this.#drop(this.#tables.old);
  }

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
