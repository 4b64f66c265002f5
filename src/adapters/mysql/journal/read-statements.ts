import type { Connection, RowDataPacket } from 'mysql2';
import { readRowState } from '../bookkeeping/journal-format.ts';
import { query } from '../connection/query.ts';
import type { StatementKind } from '../sql/statement-kind.ts';
import type { JournaledStatement } from './journal-entry.ts';
import type { Direction } from './journaled-migration.ts';

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
  readonly file: string | null;
  readonly exact: string | null;
  readonly state: string | null;
}

/**
 * Reads the journaled statements of a half-applied migration, by number. Throws `JournalNewer` if a later
 * version of Fanfold has written one of them.
 */
export async function readStatements(
  connection: Connection,
  table: string,
  migration: string,
  direction: Direction,
): Promise<Map<number, JournaledStatement>> {
  const rows = await query<StatementRow[]>(
    connection,
    `SELECT number, checksum, bindings, kind, text, objects, states_before, done, answer, file, exact, state FROM ${table} WHERE migration = ? AND direction = ? AND number > 0 ORDER BY number LIMIT 18446744073709551615`,
    [migration, direction],
  );
  return new Map(
    rows.map((row) => [
      row.number,
      {
        number: row.number,
        hashes: { text: row.checksum, bindings: row.bindings, exact: row.exact },
        kind: row.kind,
        text: row.text,
        objects: row.objects === null ? undefined : JSON.parse(row.objects),
        statesBefore: row.states_before === null ? undefined : row.states_before.split(' '),
        done: row.done === 1,
        answer: row.answer,
        file: row.file,
        counters: readRowState<Pick<JournaledStatement, 'counters'>>({
          migration,
          state: row.state,
        })?.counters,
      },
    ]),
  );
}
