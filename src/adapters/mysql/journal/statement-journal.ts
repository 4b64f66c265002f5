import type { Connection } from 'mysql2';
import type { StatementStanding } from '../../../core/half-applied.ts';
import type { SqlText } from '../connection/sql-text.ts';
import type { JournalEntry, JournaledStatement } from './journal-entry.ts';
import type { Direction, JournaledMigration } from './journaled-migration.ts';
import { readStatements } from './read-statements.ts';
import { standingsOf } from './standings-of.ts';
import { tableListing } from './table-listing.ts';

/** States that the server itself looks up while it writes the row: whether the table is there. */
export const LOOKED_UP = ['looked up'];

/**
 * Which statements of a migration have run, and with what answer: rows of the journal table after
 * the one with the migration's checksum, numbered from 1. They are there only while a migration is
 * half-applied.
 */
export class StatementJournal {
  readonly #connection: Connection;
  readonly #table: string;
  readonly #database: string;
  readonly #lookingRow: string;
  #migration = '';
  #runId = '';
  #direction: Direction = 'up';
  #file = '';
  #rows = new Map<number, JournaledStatement>();
  #entries: JournalEntry[] = [];
  /** Entries that were written since the last commit. */
  readonly #uncommitted = new Set<JournalEntry>();
  #mayHaveRows = false;
  #unknown: number[] = [];

  /** Whether statements are written down; if not, the rest of it works as if they had been. */
  readonly isKept: boolean;

  /** @param table the journal, quoted for SQL @param database the one in which migrations run */
  constructor(connection: Connection, table: string, database: string, isKept = true) {
    this.#connection = connection;
    this.#table = table;
    this.#database = database;
    this.#lookingRow = lookingRow(tableListing(connection));
    this.isKept = isKept;
  }

  /** Begins with a migration; reads what an earlier attempt has left of it. */
  async start({ id, checksum, runId, direction, isOpen }: JournaledMigration): Promise<void> {
    this.#migration = id;
    this.#runId = runId;
    this.#direction = direction;
    this.#file = checksum;
    this.#entries = [];
    this.#uncommitted.clear();
    this.#unknown = [];
    this.#mayHaveRows = isOpen;
    this.#rows = isOpen
      ? await readStatements(this.#connection, this.#table, id, direction)
      : new Map();
  }

  /** The statement of this number, if an earlier attempt wrote it down. */
  earlier(number: number): JournaledStatement | undefined {
    return this.#rows.get(number);
  }

  /** Statements that earlier attempts wrote down, in order. */
  get earlierRows(): Iterable<JournaledStatement> {
    return this.#rows.values();
  }

  /** Whether the file has changed since an earlier attempt ran one of these statements. */
  get isFileChanged(): boolean {
    // Journals of earlier versions say nothing of the file.
    return [...this.#rows.values()].some(
      ({ file }) => file !== undefined && file !== null && file !== this.#file,
    );
  }

  /** Number of the last statement of earlier attempts, 0 for none. */
  get lastEarlier(): number {
    return Math.max(0, ...this.#rows.keys());
  }

  /** The first statement after this number that an earlier attempt ran, and that may have an effect. */
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

  /** Whether a statement has an effect that is not committed yet. */
  get hasUncommittedEffects(): boolean {
    return this.#entries.some(({ hasEffect, committed }) => hasEffect && !committed);
  }

  add(entry: JournalEntry): JournalEntry {
    this.#entries.push(entry);
    return entry;
  }

  /** Whether {@link write} has something to write, apart from one entry. */
  isWaiting(except?: JournalEntry): boolean {
    return this.isKept && this.#entries.some((entry) => !entry.written && entry !== except);
  }

  /** Writes what is not written yet; `undefined` if that is nothing. Counts as written at once. */
  write(except?: JournalEntry): SqlText | undefined {
    const entries = this.#entries.filter((entry) => !entry.written && entry !== except);
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

  /** Rows that were written since the last commit, or after a statement, are gone, and so are the effects. */
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

  /** Rows that were written are there to stay; not the entry of a statement that runs after the COMMIT. */
  committed(except?: JournalEntry): void {
    this.#uncommitted.clear();
    for (const entry of this.#entries) if (entry !== except) entry.committed = true;
  }

  /** Removes the statements of a migration that has ended; `undefined` if there are none. */
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
   * with an effect. After it nothing has to be remembered, but for one whose end nobody knows.
   */
  keepEffects(): SqlText[] | undefined {
    const last = this.#entries.findLast(({ hasEffect, committed }) => hasEffect && committed);
    const kept = Math.max(last?.number ?? 0, this.lastEarlier);
    this.#entries = this.#entries.filter(({ number }) => number <= kept);
    if (kept === 0) {
      const cleared = this.#unknown.length > 0 ? undefined : this.clear();
      return cleared && [cleared];
    }
    const remove = `DELETE FROM ${this.#table} WHERE migration = ? AND direction = ? AND number > ? AND number NOT IN (?)`;
    const values = [this.#migration, this.#direction, kept, [0, ...this.#unknown]];
    const write = this.write();
    return [...(write === undefined ? [] : [write]), { sql: remove, values }];
  }

  /** The end of this statement will not be known: its row stays if the server has kept it. */
  endUnknown(number: number): void {
    this.#unknown.push(number);
  }

  /**
   * How all statements stand, for people, those after the one that cannot be resumed included.
   * `stopped` is that one.
   */
  standings(stopped: StatementStanding): StatementStanding[] {
    return standingsOf([...this.#rows.values(), ...this.#entries], this.#direction, stopped);
  }

  #values(entry: JournalEntry): unknown[] {
    const { number, digest, kind, text, objects, statesBefore, done, answer, counters } = entry;
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
      this.#file,
      digest.exact,
      counters === undefined ? null : JSON.stringify({ counters }),
    ];
  }
}

const COLUMNS =
  'migration, number, checksum, bindings, direction, run_id, kind, text, objects, states_before, done, answer, file, exact, state';
const rowWith = (states: string) => `(?, ?, ?, ?, ?, ?, ?, ?, ?, ${states}, ?, ?, ?, ?, ?)`;
const ROW = rowWith('?');

/** A row for which the server itself looks up whether a table is there. */
function lookingRow(listing: string): string {
  const isThere = `EXISTS(SELECT 1 FROM ${listing} WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?)`;
  return rowWith(`IF(${isThere}, 'present', 'absent')`);
}
