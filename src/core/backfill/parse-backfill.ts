import { nearestWord } from '../text/nearest-word.ts';
import type { Backfill } from './backfill.ts';

const KEYS = ['table', 'where', 'batch', 'update', 'rows', 'keep'];

/** Shape of a backfill, for an error. */
export const BACKFILL_SHAPE =
  "Write for example `export const backfill = { table: 'tasks', where: 'priority IS NULL', update: \"priority = 'normal'\" };`.";

/** A backfill, or why the value is not one, in words that follow the name of a file. */
export type ParsedBackfill =
  | { readonly backfill: Backfill }
  | { readonly backfill?: undefined; readonly problem: string };

/** Checks the export `backfill` of a migration file. */
export function parseBackfill(value: unknown): ParsedBackfill {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return problem('exports a `backfill` that is not an object');
  }
  const unknown = Object.keys(value).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) {
    const nearest = nearestWord(unknown, KEYS);
    const hint = nearest === undefined ? '' : ` (did you mean \`${nearest}\`?)`;
    return problem(`exports a \`backfill\` with the unknown key \`${unknown}\`${hint}`);
  }
  const { table, where, batch, update, rows, keep } = value as Record<string, unknown>;
  if (!isText(table)) return wrong('table', 'the name of a table');
  if (table.includes('.')) {
    return wrong('table', 'the name of a table in the tenant’s database, without a database');
  }
  if (where !== undefined && !isText(where)) return wrong('where', 'a condition in SQL');
  if (batch !== undefined && !isRowCount(batch)) {
    return wrong('batch', 'a whole number of rows from 1 to 100,000');
  }
  if (keep !== undefined && typeof keep !== 'boolean') return wrong('keep', 'true or false');
  if (update !== undefined && rows !== undefined) {
    return problem('exports a `backfill` with both `update` and `rows`; it needs one of them');
  }
  if (update === undefined && rows === undefined) {
    return problem('exports a `backfill` without `update` or `rows`; it needs one of them');
  }
  if (update !== undefined && !isText(update)) return wrong('update', 'the SET list of an UPDATE');
  if (rows !== undefined && typeof rows !== 'function') {
    return wrong('rows', 'a function of knex and keys');
  }
  return { backfill: value as Backfill };
}

function problem(text: string): ParsedBackfill {
  return { problem: text };
}

function wrong(key: string, expected: string): ParsedBackfill {
  return problem(`exports a \`backfill\` whose \`${key}\` is not ${expected}`);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

function isRowCount(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 100_000;
}
