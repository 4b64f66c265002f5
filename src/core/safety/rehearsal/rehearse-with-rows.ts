import type { SentStatement } from '../recording.ts';
import { compareDefinitions } from './compare-definitions.ts';
import { compareRows } from './compare-rows.ts';
import type { DatabaseContents } from './database-contents.ts';
import type { FindingsList } from './findings-list.ts';
import { makeAttempt } from './make-attempt.ts';
import { FIRST_CLOCK, type RehearsalContext } from './rehearsal-context.ts';
import type { RehearsalDatabase } from './rehearsal-ports.ts';
import {
  type BothWays,
  failedStatement,
  failureDetails,
  statementsOf,
} from './rehearse-both-ways.ts';
import { type SampleRows, sampleRows } from './sample-rows.ts';
import { differenceWords } from './try-stop.ts';

/** A database before and after a migration. */
export interface Ground {
  readonly base: DatabaseContents;
  readonly after: DatabaseContents;
  readonly statements: readonly SentStatement[];
  /** Tables that could not be filled with sample rows. */
  readonly unfilled: readonly string[];
}

/**
 * Fills the tables with sample rows, runs the migration, and compares with the run on empty tables. Returns what the
 * checks after it build on: with rows, if the migration works with them.
 */
export async function rehearseWithRows(
  context: RehearsalContext,
  before: DatabaseContents,
  { after, statements, reversible }: BothWays,
  found: FindingsList,
): Promise<Ground> {
  const { databases, bundle, migration } = context;
  const { first } = databases;
  const empty = { base: before, after, statements, unfilled: [] };
  await first.restore(before);
  const { unfilled, isFilled } = await fillTables(first, before);
  if (!isFilled) return { ...empty, unfilled };
  const base = await first.read();
  const plan = { bundle, runId: 'rehearsal-rows', clock: FIRST_CLOCK, records: true };
  const up = await makeAttempt(first, { ...plan, direction: 'up' });
  if (up.attempt.status === 'failed') {
    const { failure } = up.attempt;
    found.add('fails-with-rows', failureDetails(failure), failedStatement('up', failure));
    return { ...empty, unfilled };
  }
  const withRows = {
    base,
    after: await first.read(),
    statements: statementsOf(up.statements, migration.id),
    unfilled,
  };
  const definitions = compareDefinitions(after, withRows.after).filter(
    ({ of }) => of === 'definition',
  );
  if (definitions.length > 0) found.add('depends-on-rows', definitions.map(differenceWords));
  else if (!sendSame(statements, withRows.statements)) found.add('rows-decide', []);
  if (reversible !== 'no') await judgeRowsAfterDown(context, base, found);
  return withRows;
}

async function judgeRowsAfterDown(
  { databases: { first }, bundle }: RehearsalContext,
  base: DatabaseContents,
  found: FindingsList,
): Promise<void> {
  const down = await makeAttempt(first, {
    bundle,
    direction: 'down',
    runId: 'rehearsal-rows-down',
    clock: FIRST_CLOCK,
  });
  if (down.attempt.status === 'failed') {
    const { failure } = down.attempt;
    found.add(
      'down-fails',
      ['With rows in the tables:', ...failureDetails(failure)],
      failedStatement('down', failure),
    );
    return;
  }
  const rows = compareRows(base, await first.read());
  if (rows.length > 0 && !found.has('down-loses-rows', 'down-not-inverse')) {
    found.add('down-loses-rows', rows.map(differenceWords));
  }
}

/** Fills empty tables with sample rows, as far as the server accepts them. */
async function fillTables(
  database: RehearsalDatabase,
  before: DatabaseContents,
): Promise<{ readonly unfilled: string[]; readonly isFilled: boolean }> {
  const unfilled: string[] = [];
  const definitions = await database.definitions();
  const digits = new Map(
    sampleRows(definitions, before, 'digits').map((sample) => [sample.table, sample]),
  );
  let filled = 0;
  for (const words of sampleRows(definitions, before, 'words')) {
    const accepted =
      (await insertAny(database, words)) || (await insertAny(database, digits.get(words.table)));
    if (accepted) filled++;
    else unfilled.push(words.table);
  }
  const hasRows = [...before.tables.values()].some(({ rows }) => rows.length > 0);
  return { unfilled, isFilled: filled > 0 || hasRows };
}

/** Inserts rows one by one; whether the server has accepted some. */
async function insertAny(
  database: RehearsalDatabase,
  sample: SampleRows | undefined,
): Promise<boolean> {
  if (sample === undefined) return false;
  let isAccepted = false;
  for (const row of sample.rows) {
    const errno = await database.insert(sample.table, sample.columns, [row]);
    isAccepted ||= errno === undefined;
  }
  return isAccepted;
}

/** Whether two runs have sent the same changes. */
function sendSame(one: readonly SentStatement[], other: readonly SentStatement[]): boolean {
  const texts = (statements: readonly SentStatement[]) =>
    statements
      .filter(({ kind }) => kind !== 'read' && kind !== 'session')
      .map(({ text }) => text)
      .join('\n');
  return texts(one) === texts(other);
}
