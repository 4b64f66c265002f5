import { namedTables } from '../forecast/named-tables.ts';
import type { SentStatement } from '../recording.ts';
import { compareDefinitions } from './compare-definitions.ts';
import { compareRows } from './compare-rows.ts';
import type { DatabaseContents } from './database-contents.ts';
import { failsAtAnyRows, isSameWrongText, type RowsFailure } from './fails-at-any-rows.ts';
import { type FilledTables, fillTables } from './fill-tables.ts';
import type { FindingsList } from './findings-list.ts';
import { makeAttempt } from './make-attempt.ts';
import { FIRST_CLOCK, type RehearsalContext } from './rehearsal-context.ts';
import {
  type BothWays,
  failedStatement,
  failureDetails,
  statementsOf,
} from './rehearse-both-ways.ts';
import { type SampleForm, sampleWords } from './sample-rows.ts';
import { differenceWords } from './try-stop.ts';

/** A database before and after a migration. */
export interface Ground {
  readonly base: DatabaseContents;
  readonly after: DatabaseContents;
  readonly statements: readonly SentStatement[];
  /** Tables that could not be filled with sample rows. */
  readonly unfilled: readonly string[];
}

/** The values that are tried, one form after the other until the migration works. */
const FORMS: readonly SampleForm[] = [
  { texts: 'words', values: 'low' },
  { texts: 'digits', values: 'high' },
];

/**
 * Fills the tables with sample rows, runs the migration, and compares with the run on empty tables. Returns what the
 * checks after it build on: with rows, if the migration works with them.
 */
export async function rehearseWithRows(
  context: RehearsalContext,
  before: DatabaseContents,
  both: BothWays,
  found: FindingsList,
): Promise<Ground> {
  const { databases, migration } = context;
  const { after, statements, reversible } = both;
  const empty = { base: before, after, statements, unfilled: [] };
  const onEmpty = { id: migration.id, statements };
  const failures: (RowsFailure & FilledTables)[] = [];
  for (const form of FORMS) {
    await databases.first.restore(before);
    const filled = await fillTables(databases.first, before, form);
    const { unfilled } = filled;
    if (!filled.isFilled) return { ...empty, unfilled };
    const run = await runUp(context);
    if ('failure' in run) {
      failures.push({ ...run, ...filled });
      if (failsAtAnyRows(run, onEmpty, databases.facts)) break;
      continue;
    }
    const withRows = { ...run, unfilled };
    addFailures(failures, 'fails-with-values', found, filled);
    const definitions = compareDefinitions(after, withRows.after).filter(
      ({ of }) => of === 'definition',
    );
    if (definitions.length > 0) found.add('depends-on-rows', definitions.map(differenceWords));
    else if (!sendSame(statements, withRows.statements)) found.add('rows-decide', []);
    if (reversible !== 'no') await judgeRowsAfterDown(context, both, withRows, found);
    return withRows;
  }
  const [one, other] = failures.map(({ failure }) => failure);
  // A failure at any rows ends the tries.
  const isCertain = other === undefined || (one !== undefined && isSameWrongText(one, other));
  addFailures(failures, isCertain ? 'fails-with-rows' : 'fails-with-values', found);
  return { ...empty, unfilled: failures[0]?.unfilled ?? [] };
}

/** The migration on the filled tables, or its failure. */
async function runUp({
  databases: { first },
  bundle,
  migration,
}: RehearsalContext): Promise<RowsFailure | Omit<Ground, 'unfilled'>> {
  const base = await first.read();
  const up = await makeAttempt(first, {
    bundle,
    direction: 'up',
    runId: 'rehearsal-rows',
    clock: FIRST_CLOCK,
    records: true,
  });
  const statements = statementsOf(up.statements, migration.id);
  if (up.attempt.status === 'failed') return { failure: up.attempt.failure, statements };
  return { base, after: await first.read(), statements };
}

/** Adds the first failure, with the rows at that time, and those with which the migration has worked after all. */
function addFailures(
  [first]: readonly (RowsFailure & FilledTables)[],
  rule: 'fails-with-rows' | 'fails-with-values',
  found: FindingsList,
  worked?: FilledTables,
): void {
  if (first === undefined) return;
  const { failure } = first;
  const named = namedIn(first);
  const rowsOf = ({ samples }: FilledTables) =>
    samples.filter(({ table }) => named.includes(table));
  const details = [
    ...failureDetails(failure),
    ...rowsOf(first).map((sample) => `Made-up row of ${sampleWords(sample)}`),
    ...(worked === undefined ? [] : rowsOf(worked)).map(
      (sample) => `It works with a row of ${sampleWords(sample)}`,
    ),
  ];
  found.add(rule, details, failedStatement('up', failure));
}

/** The tables that the failed statement names. */
function namedIn({ failure, statements, samples }: RowsFailure & FilledTables): string[] {
  const failed = statements.find(({ number }) => number === failure.statement?.number);
  const existing = new Map(samples.map(({ table }) => [table.toLowerCase(), table]));
  return failed === undefined ? [] : namedTables(failed, existing);
}

/** Rolls back with the rows after the up. */
async function judgeRowsAfterDown(
  { databases: { first, facts }, bundle, migration: { id } }: RehearsalContext,
  { downStatements = [] }: BothWays,
  { base }: Pick<Ground, 'base'>,
  found: FindingsList,
): Promise<void> {
  const down = await makeAttempt(first, {
    bundle,
    direction: 'down',
    runId: 'rehearsal-rows-down',
    clock: FIRST_CLOCK,
    records: true,
  });
  if (down.attempt.status === 'failed') {
    const { failure } = down.attempt;
    const run = { failure, statements: statementsOf(down.statements, id) };
    const isCertain = failsAtAnyRows(run, { id, statements: downStatements }, facts);
    found.add(
      isCertain ? 'down-fails' : 'fails-with-values',
      [isCertain ? 'With rows in the tables:' : 'In its down:', ...failureDetails(failure)],
      failedStatement('down', failure),
    );
    return;
  }
  const rows = compareRows(base, await first.read());
  if (rows.length > 0 && !found.has('down-loses-rows', 'down-not-inverse')) {
    found.add('down-loses-rows', rows.map(differenceWords));
  }
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
