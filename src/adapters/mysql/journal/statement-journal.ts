import type { Connection, RowDataPacket } from 'mysql2';
import type { StatementStanding } from '../../../core/half-applied.ts';
import { query } from '../connection/query.ts';
import type { SqlText } from '../connection/sql-text.ts';
import type { StatementKind } from '../sql/statement-kind.ts';
import type { JournalEntry, JournaledStatement } from './journal-entry.ts';
import { tableListing } from './table-listing.ts';

/** States that the server itself looks up while it writes the row: whether the table is there. */
export const LOOKED_UP = ['looked up'];

/**
 * Which statements of a migration have run, and with what answer: rows of the journal table behind
 * the one with the migration's checksum, numbered from 1. They are there only while a migration is
 * half-way.
 */
export class StatementJournal {
  readonly #connection: Connection;
  readonly #table: string;
  readonly #database: string;
  readonly #lookingRow: string;
  #migration = '';
  #runId = '';
  #direction: Direction = 'up';
  #rows = new Map<number, JournaledStatement>();
  #entries: JournalEntry[] = [];
  /** What was written since the last commit. */
  readonly #uncommitted = new Set<JournalEntry>();
  #mayHaveRows = false;
  #unknown: number[] = [];

  /** Whether statements are written down; where not, the rest of it works as if they had been. */
  readonly isKept: boolean;

  /** @param table the journal, quoted for SQL @param database the one in which migrations run */
  constructor(connection: Connection, table: string, database: string, isKept = true) {
    this.#connection = connection;
    this.#table = table;
    this.#database = database;
    this.#lookingRow = lookingRow(tableListing(connection));
    this.isKept = isKept;
  }

  /** Begins with a migration; `isOpen`: an earlier attempt has left statements of it, which are read. */
  async start(
    migration: string,
    run: { id: string; direction: Direction },
    isOpen: boolean,
  ): Promise<void> {
    this.#migration = migration;
    this.#runId = run.id;
    this.#direction = run.direction;
    this.#entries = [];
    this.#uncommitted.clear();
    this.#unknown = [];
    this.#mayHaveRows = isOpen;
    this.#rows = isOpen
      ? await readStatements(this.#connection, this.#table, migration, run.direction)
      : new Map();
  }

  /** What an earlier attempt wrote down. */
  earlier(number: number): JournaledStatement | undefined {
    return this.#rows.get(number);
  }

  /** Number of the last statement of earlier attempts, 0 for none. */
  get lastEarlier(): number {
    return Math.max(0, ...this.#rows.keys());
  }

  /** The first statement behind this number that an earlier attempt ran, and that may have an effect. */
  earlierBehind(number: number): JournaledStatement | undefined {
    return [...this.#rows.values()].find(
      (row) => row.number > number && row.kind !== 'read' && row.kind !== 'session',
    );
  }

  /** An earlier attempt's statement did not take effect: it begins anew. */
  forgetEarlier(number: number): void {
    this.#rows.delete(number);
  }

  get entries(): readonly JournalEntry[] {
    return this.#entries;
  }

  /** How many statements have taken effect for good, those of earlier attempts included. */
  get lasting(): number {
    const numbers = new Set<number>();
    for (const { number, done, kind } of this.#rows.values()) {
      if (done && kind !== 'read' && kind !== 'session') numbers.add(number);
    }
    for (const { number, hasEffect, committed } of this.#entries) {
      if (hasEffect && committed) numbers.add(number);
    }
    return numbers.size;
  }

  add(entry: JournalEntry): JournalEntry {
    this.#entries.push(entry);
    return entry;
  }

  /** Writes what is not written yet; `undefined` where that is nothing. Counts as written at once. */
  write(): SqlText | undefined {
    const entries = this.#entries.filter(({ written }) => !written);
    if (entries.length === 0 || !this.isKept) return undefined;
    this.#mayHaveRows = true;
    const values = entries.flatMap((entry) => this.#values(entry));
    const rows = entries.map(({ statesBefore }) =>
      statesBefore === LOOKED_UP ? this.#lookingRow : ROW,
    );
    for (const entry of entries) {
      entry.written = true;
      this.#uncommitted.add(entry);
    }
    return {
      sql: `REPLACE INTO ${this.#table} (${COLUMNS}) VALUES ${rows.join(', ')}`,
      values,
      isOwnRow: true,
    };
  }

  /** What was written since the last commit, or behind a statement, is gone, and so are the effects. */
  rolledBack(behind = 0): void {
    // Also the rows of statements whose effects are there to stay.
    for (const entry of this.#uncommitted) entry.written = false;
    this.#uncommitted.clear();
    for (const entry of this.#entries) {
      if (entry.committed || entry.number <= behind) continue;
      entry.written = false;
      entry.hasEffect = false;
    }
  }

  /** What was written is there to stay. */
  committed(): void {
    this.#uncommitted.clear();
    for (const entry of this.#entries) entry.committed = true;
  }

  /** Finds the row of a statement. */
  find(number: number): SqlText {
    return {
      sql: `SELECT number FROM ${this.#table} WHERE migration = ? AND direction = ? AND number = ?`,
      values: [this.#migration, this.#direction, number],
    };
  }

  /** Removes the statements of a migration that has ended; `undefined` where there are none. */
  clear(): SqlText | undefined {
    this.#entries = [];
    if (!this.#mayHaveRows) return undefined;
    return {
      sql: `DELETE FROM ${this.#table} WHERE migration = ? AND direction = ? AND number > 0`,
      values: [this.#migration, this.#direction],
    };
  }

  /**
   * Leaves what the next attempt has to know after a failure: everything up to the last statement
   * with an effect. Behind it nothing has to be remembered, but for one whose end nobody knows.
   */
  keepEffects(): SqlText | undefined {
    const last = this.#entries.findLast(({ hasEffect, committed }) => hasEffect && committed);
    const kept = Math.max(last?.number ?? 0, this.lastEarlier);
    this.#entries = this.#entries.filter(({ number }) => number <= kept);
    if (kept === 0) return this.#unknown.length > 0 ? undefined : this.clear();
    const remove = `DELETE FROM ${this.#table} WHERE migration = ? AND direction = ? AND number > ? AND number NOT IN (?)`;
    const values = [this.#migration, this.#direction, kept, [0, ...this.#unknown]];
    const write = this.write();
    if (write === undefined) return { sql: remove, values };
    return { sql: `${write.sql};\n${remove}`, values: [...write.values, ...values] };
  }

  /** The end of this statement will not be known: its row stays if the server has kept it. */
  endUnknown(number: number): void {
    this.#unknown.push(number);
  }

  /** How the statements stand, for people; `reached` is the one that cannot go on. */
  standings(reached: StatementStanding): StatementStanding[] {
    const known = new Map<number, StatementStanding>();
    for (const { number, text, done } of [...this.#rows.values(), ...this.#entries]) {
      if (number < reached.number)
        known.set(number, { number, text, standing: done ? 'applied' : 'not known' });
    }
    return [...known.values(), reached];
  }

  #values(entry: JournalEntry): unknown[] {
    const { number, digest, kind, text, objects, statesBefore, done, answer } = entry;
    const [table] = objects ?? [];
    return [
      this.#migration,
      number,
      digest.text,
      digest.bindings,
      this.#direction,
      this.#runId,
      kind,
      text,
      objects === undefined ? null : JSON.stringify(objects),
      ...(statesBefore === LOOKED_UP
        ? [table?.schema ?? this.#database, table?.name]
        : [statesBefore?.join(' ') ?? null]),
      done,
      answer,
    ];
  }
}

/** Whether a migration's `up` or its `down` is under way. */
export type Direction = 'up' | 'down';

const COLUMNS =
  'migration, number, checksum, bindings, direction, run_id, kind, text, objects, states_before, done, answer';
const rowWith = (states: string) => `(?, ?, ?, ?, ?, ?, ?, ?, ?, ${states}, ?, ?)`;
const ROW = rowWith('?');

/** A row for which the server itself looks up whether a table is there. */
function lookingRow(listing: string): string {
  const isThere = `EXISTS(SELECT 1 FROM ${listing} WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?)`;
  return rowWith(`IF(${isThere}, 'present', 'absent')`);
}

interface StatementRow extends RowDataPacket {
  readonly number: number;
  readonly checksum: string;
  readonly bindings: string;
  readonly kind: StatementKind;
  readonly text: string;
  readonly objects: string | null;
  readonly states_before: string | null;
  readonly done: number;
  readonly answer: string | null;
}

/** The statements of a migration that is half-way. */
export async function readStatements(
  connection: Connection,
  table: string,
  migration: string,
  direction: Direction,
): Promise<Map<number, JournaledStatement>> {
  const rows = await query<StatementRow[]>(
    connection,
    `SELECT number, checksum, bindings, kind, text, objects, states_before, done, answer FROM ${table} WHERE migration = ? AND direction = ? AND number > 0 ORDER BY number`,
    [migration, direction],
  );
  return new Map(
    rows.map((row) => [
      row.number,
      {
        number: row.number,
        digest: { text: row.checksum, bindings: row.bindings },
        kind: row.kind,
        text: row.text,
        objects: row.objects === null ? undefined : JSON.parse(row.objects),
        statesBefore: row.states_before === null ? undefined : row.states_before.split(' '),
        done: row.done === 1,
        answer: row.answer,
      },
    ]),
  );
}
