import type { Connection } from 'mysql2';
import type { StatementStanding } from '../../../core/half-applied.ts';
import { writeRowState } from '../bookkeeping/journal-format.ts';
import type { SqlText } from '../connection/sql-text.ts';
import { tableListing } from '../connection/table-listing.ts';
import type { JournalEntry, JournaledStatement } from './journal-entry.ts';
import type { Direction, JournaledMigration } from './journaled-migration.ts';
import { readStatements } from './read-statements.ts';
import { standingsOf } from './standings-of.ts';

/** Marks states that the server looks up while it writes the row: whether the table exists. */
export const LOOKED_UP = ['looked up'];

/**
 * Records which statements of a migration have run, and with which answers, in rows of the journal table
 * with numbers from 1 (number 0 is the migration's checksum). The rows exist only while a migration is
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
  /** Entries written since the last commit. */
  readonly #uncommitted = new Set<JournalEntry>();
  /** Whether migrations that have ended have uncommitted effects. */
  #hasEffectsBefore = false;
  #mayHaveRows = false;
  #unknown: number[] = [];

  /** Whether rows are written; if not, everything else works as if they were. */
  readonly isKept: boolean;

  /**
   * @param table the journal table, quoted for SQL
   * @param database the database in which migrations run
   */
  constructor(connection: Connection, table: string, database: string, isKept = true) {
    this.#connection = connection;
    this.#table = table;
    this.#database = database;
    this.#lookingRow = lookingRow(tableListing(connection));
    this.isKept = isKept;
  }

  /** Starts a migration and reads the statements of an earlier attempt. */
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

  /** The statement with this number, if an earlier attempt recorded it. */
  earlier(number: number): JournaledStatement | undefined {
    return this.#rows.get(number);
  }

  /** The statements that earlier attempts recorded, in order. */
  get earlierRows(): Iterable<JournaledStatement> {
    return this.#rows.values();
  }

  /** Whether the file has changed since an earlier attempt ran one of these statements. */
  get isFileChanged(): boolean {
    // Journals of earlier versions do not contain the file's checksum.
    return [...this.#rows.values()].some(
      ({ file }) => file !== undefined && file !== null && file !== this.#file,
    );
  }

  /** The number of the last statement of earlier attempts; 0 for none. */
  get lastEarlier(): number {
    return Math.max(0, ...this.#rows.keys());
  }

  /** The first statement after this number that an earlier attempt ran and that may have an effect. */
  earlierAfter(number: number): JournaledStatement | undefined {
    return [...this.#rows.values()].find(
      (row) => row.number > number && row.kind !== 'read' && row.kind !== 'session',
    );
  }

  /** Forgets an earlier attempt's statement that did not take effect and runs again. */
  forgetEarlier(number: number): void {
    this.#rows.delete(number);
  }

  get entries(): readonly JournalEntry[] {
    return this.#entries;
  }

  /** The number of statements with a committed effect, including those of earlier attempts. */
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

  /** Whether a statement of this or an earlier migration has an uncommitted effect. */
  get hasUncommittedEffects(): boolean {
    if (this.#hasEffectsBefore) return true;
    return this.#entries.some(({ hasEffect, committed }) => hasEffect && !committed);
  }

  /** Adds the row of the next statement; one that is sent again is the last row already. */
  add(entry: JournalEntry): JournalEntry {
    if (this.#entries.at(-1) !== entry) this.#entries.push(entry);
    return entry;
  }

  /** Whether {@link write} has entries to write other than `except`. */
  isWaiting(except?: JournalEntry): boolean {
    return this.isKept && this.#entries.some((entry) => !entry.written && entry !== except);
  }

  /** The SQL that writes unwritten entries; `undefined` if there are none. They count as written from now on. */
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

  /** Records a rollback: uncommitted rows, and effects of statements after `afterNumber`, no longer exist. */
  rolledBack(afterNumber = 0): void {
    this.#hasEffectsBefore = false;
    // This includes the rows of statements with committed effects.
    for (const entry of this.#uncommitted) entry.written = false;
    this.#uncommitted.clear();
    for (const entry of this.#entries) {
      if (entry.committed || entry.number <= afterNumber) continue;
      entry.written = false;
      entry.hasEffect = false;
    }
  }

  /** Records a commit of all entries except that of a statement that runs after the COMMIT. */
  committed(except?: JournalEntry): void {
    this.#hasEffectsBefore = false;
    this.#uncommitted.clear();
    for (const entry of this.#entries) if (entry !== except) entry.committed = true;
  }

  /** The SQL that deletes the statements of a completed migration; `undefined` if there are none. */
  clear(): SqlText | undefined {
    this.#hasEffectsBefore = this.hasUncommittedEffects;
    this.#entries = [];
    if (!this.#mayHaveRows) return undefined;
    return {
      sql: `DELETE FROM ${this.#table} WHERE migration = ? AND direction = ? AND number > 0`,
      values: [this.#migration, this.#direction],
    };
  }

  /**
   * The SQL that keeps what the next attempt needs after a failure: all statements up to the last one with an
   * effect, and any statement whose end is unknown.
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

  /** Marks a statement whose end is unknown: its row stays if the server has stored it. */
  endUnknown(number: number): void {
    this.#unknown.push(number);
  }

  /**
   * The standings of all statements for people, including those after the statement that cannot be resumed,
   * which is `stopped`.
   */
  standings(stopped: StatementStanding): StatementStanding[] {
    return standingsOf([...this.#rows.values(), ...this.#entries], this.#direction, stopped);
  }

  #values(entry: JournalEntry): unknown[] {
    const { number, hashes, kind, text, objects, statesBefore, done, answer, counters } = entry;
    const [table] = objects ?? [];
    return [
      this.#migration,
      number,
      hashes.text,
      hashes.bindings,
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
      hashes.exact,
      writeRowState({ counters }),
    ];
  }
}

const COLUMNS =
  'migration, number, checksum, bindings, direction, run_id, kind, text, objects, states_before, done, answer, file, exact, state';
const rowWith = (states: string) => `(?, ?, ?, ?, ?, ?, ?, ?, ?, ${states}, ?, ?, ?, ?, ?)`;
const ROW = rowWith('?');

/** The SQL of a row for which the server looks up whether a table exists. */
function lookingRow(listing: string): string {
  const isThere = `EXISTS(SELECT 1 FROM ${listing} WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?)`;
  return rowWith(`IF(${isThere}, 'present', 'absent')`);
}
