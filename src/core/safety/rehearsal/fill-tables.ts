import type { DatabaseContents } from './database-contents.ts';
import type { RehearsalDatabase } from './rehearsal-ports.ts';
import { type SampleForm, type SampleRows, sampleRows } from './sample-rows.ts';

/** A database with sample rows. */
export interface FilledTables {
  /** Tables for which the server has refused them. */
  readonly unfilled: readonly string[];
  /** The rows that were offered, by table. */
  readonly samples: readonly SampleRows[];
  /** Whether any table has rows. */
  readonly isFilled: boolean;
}

/** Fills empty tables with sample rows, as far as the server accepts them. */
export async function fillTables(
  database: RehearsalDatabase,
  before: DatabaseContents,
  form: SampleForm,
): Promise<FilledTables> {
  const unfilled: string[] = [];
  const samples: SampleRows[] = [];
  const definitions = await database.definitions();
  const otherTexts = form.texts === 'words' ? 'digits' : 'words';
  const others = new Map(
    sampleRows(definitions, before, { ...form, texts: otherTexts }).map((sample) => [
      sample.table,
      sample,
    ]),
  );
  for (const sample of sampleRows(definitions, before, form)) {
    const accepted = await firstAccepted(database, [sample, others.get(sample.table)]);
    if (accepted === undefined) unfilled.push(sample.table);
    else samples.push(accepted);
  }
  const hasRows = [...before.tables.values()].some(({ rows }) => rows.length > 0);
  return { unfilled, samples, isFilled: samples.length > 0 || hasRows };
}

async function firstAccepted(
  database: RehearsalDatabase,
  samples: readonly (SampleRows | undefined)[],
): Promise<SampleRows | undefined> {
  for (const sample of samples) {
    if (sample !== undefined && (await insertAny(database, sample))) return sample;
  }
  return undefined;
}

/** Inserts rows one by one; whether the server has accepted some. */
async function insertAny(
  database: RehearsalDatabase,
  { table, columns, rows }: SampleRows,
): Promise<boolean> {
  let isAccepted = false;
  for (const row of rows) {
    const errno = await database.insert(table, columns, [row]);
    isAccepted ||= errno === undefined;
  }
  return isAccepted;
}
