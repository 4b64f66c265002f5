import type { SentStatement } from '../recording.ts';
import { compareDefinitions, type Difference } from './compare-definitions.ts';
import { compareRows } from './compare-rows.ts';
import type { DatabaseContents } from './database-contents.ts';
import type { FindingsList } from './findings-list.ts';
import { type AttemptPlan, makeAttempt } from './make-attempt.ts';
import type { Reversible } from './rehearsal.ts';
import { FIRST_CLOCK, type RehearsalContext } from './rehearsal-context.ts';
import { differenceWords } from './try-stop.ts';

/** The results of up, down and up again on one database. */
export interface BothWays {
  /** The contents after the up. */
  readonly after: DatabaseContents;
  readonly statements: readonly SentStatement[];
  /** Those of the down; absent if there is none, or if it failed. */
  readonly downStatements?: readonly SentStatement[] | undefined;
  /** The contents after the down. */
  readonly afterDown?: DatabaseContents | undefined;
  /** The contents after the second up, or why it failed. */
  readonly afterAgain?: DatabaseContents | string | undefined;
  readonly reversible: Reversible;
}

/** Runs a migration up, down and up again from `before`, and judges its way back. `undefined` if the up fails. */
export async function rehearseBothWays(
  context: RehearsalContext,
  before: DatabaseContents,
  found: FindingsList,
): Promise<BothWays | undefined> {
  const { databases, bundle, migration } = context;
  const database = databases.first;
  await database.restore(before);
  const up = await makeAttempt(database, planOf(bundle, 'up', 'up'));
  const statements = statementsOf(up.statements, migration.id);
  if (up.attempt.status === 'failed') {
    found.add(
      'up-fails',
      failureDetails(up.attempt.failure),
      failedStatement('up', up.attempt.failure),
    );
    return undefined;
  }
  const after = await database.read();
  const { down } = await migration.load();
  if (down === undefined) {
    found.add('no-down', []);
    return { after, statements, reversible: 'no' };
  }
  const back = await makeAttempt(database, planOf(bundle, 'down', 'down'));
  if (back.attempt.status === 'failed') {
    found.add(
      'down-fails',
      failureDetails(back.attempt.failure),
      failedStatement('down', back.attempt.failure),
    );
    return { after, statements, reversible: 'no' };
  }
  const afterDown = await database.read();
  const reversible = judgeDown(before, after, afterDown, found);
  const downStatements = statementsOf(back.statements, migration.id);
  const again = await makeAttempt(database, planOf(bundle, 'up', 'up-again'));
  const afterAgain =
    again.attempt.status === 'failed' ? again.attempt.failure.message : await database.read();
  return { after, statements, downStatements, afterDown, afterAgain, reversible };
}

function planOf(
  bundle: AttemptPlan['bundle'],
  direction: 'up' | 'down',
  runId: string,
): AttemptPlan {
  return { bundle, direction, runId: `rehearsal-${runId}`, clock: FIRST_CLOCK, records: true };
}

/** Compares the database after the down with the one before the up. */
function judgeDown(
  before: DatabaseContents,
  after: DatabaseContents,
  afterDown: DatabaseContents,
  found: FindingsList,
): Reversible {
  const definitions = compareDefinitions(before, afterDown);
  const order = definitions.filter(({ of }) => of === 'order' || of === 'index order');
  const comments = definitions.filter(({ of }) => of === 'comment');
  const indexes = definitions.filter(isLeftIndex);
  const rest = definitions.filter((each) => each.of === 'definition' && !isLeftIndex(each));
  const rows = compareRows(before, afterDown);
  const lost = rows.filter((difference) => isLostByUp(difference, before, after));
  const changed = rows.filter((difference) => !lost.includes(difference));
  const words = (differences: readonly Difference[]) => differences.map(differenceWords);
  if (order.length > 0) found.add('down-order', words(order));
  if (comments.length > 0) found.add('down-comment', words(comments));
  if (indexes.length > 0) found.add('down-leaves-index', words(indexes));
  if (lost.length > 0) found.add('down-loses-rows', words(lost));
  const wrong = [...rest, ...changed];
  if (wrong.length > 0) found.add('down-not-inverse', words(wrong));
  if (wrong.length > 0) return 'no';
  return lost.length > 0 ? 'definitions' : 'yes';
}

/** Dropping a foreign key keeps the index that the server has made for it. */
function isLeftIndex({ added = [], removed = ['none'] }: Difference): boolean {
  return removed.length === 0 && added.length > 0 && added.every((line) => /^KEY /.test(line));
}

/** Whether the up dropped the table, or the columns that differ: then no down can have their values. */
function isLostByUp(
  { object, columns = [] }: Difference,
  before: DatabaseContents,
  after: DatabaseContents,
): boolean {
  const name = object.replace(/^table /, '');
  const left = after.tables.get(name);
  if (left === undefined) return before.tables.has(name);
  const names = new Set(left.columns.map((column) => column.name));
  return columns.length > 0 && columns.every((column) => !names.has(column));
}

/** Compares the second up with the first. */
export function judgeUpAgain(
  { after, afterAgain, reversible }: BothWays,
  found: FindingsList,
): void {
  if (afterAgain === undefined) return;
  if (typeof afterAgain === 'string') {
    found.add('up-again-differs', [afterAgain]);
    return;
  }
  const definitions = compareDefinitions(after, afterAgain);
  const differences = definitions.filter(({ of }) => of === 'definition');
  // A down that leaves something explains itself.
  if (differences.length > 0 && reversible !== 'no') {
    found.add('up-again-differs', differences.map(differenceWords));
  }
}

/** The statements of one migration, among those of its attempt. */
export function statementsOf(
  recorded: readonly { readonly id: string; readonly statements: readonly SentStatement[] }[],
  id: string,
): readonly SentStatement[] {
  return recorded.filter((each) => each.id === id).flatMap(({ statements }) => statements);
}

interface FailureLike {
  readonly message: string;
  readonly statement?: { readonly number: number; readonly text: string } | undefined;
}

/** An error in words. */
export function failureDetails({ message }: FailureLike): string[] {
  return [message];
}

/** The statement that failed, as a part of a finding. */
export function failedStatement(direction: 'up' | 'down', { statement }: FailureLike) {
  return statement === undefined ? {} : { statement: { direction, ...statement } };
}
