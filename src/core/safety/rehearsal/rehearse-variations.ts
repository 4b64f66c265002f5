import { compareRuns, type Difference } from './compare-definitions.ts';
import { compareRows, type VaryingColumns } from './compare-rows.ts';
import type { DatabaseContents } from './database-contents.ts';
import type { FindingsList } from './findings-list.ts';
import { differsByRunTime } from './is-run-time.ts';
import { makeAttempt } from './make-attempt.ts';
import { FIRST_CLOCK, OTHER_CLOCK, type RehearsalContext } from './rehearsal-context.ts';
import type { RehearsalDatabase } from './rehearsal-ports.ts';
import type { RehearsalRuleName } from './rehearsal-rules.ts';
import type { Ground } from './rehearse-with-rows.ts';
import { differenceWords } from './try-stop.ts';

/** How runs of one migration differ. */
export interface Variations {
  /** Columns whose values differ from run to run. */
  readonly varying: VaryingColumns;
  /** Whether objects or numbers of rows depend on the time. */
  readonly isTimely: boolean;
}

/**
 * Runs a migration again with one circumstance changed each time: nothing (chance), the time, the database's name.
 * Whatever differs by chance is not blamed on the others.
 */
export async function rehearseVariations(
  context: RehearsalContext,
  ground: Ground,
  found: FindingsList,
): Promise<Variations> {
  const { first, other } = context.databases;
  const varying = new Set<string>();
  const stamped = timestampedColumns(ground.after);
  const judge = async (rule: RehearsalRuleName, database: RehearsalDatabase, clock: number) => {
    const end = await runAt(context, ground, { database, clock });
    const ignored = new Set([...varying, ...(rule === 'depends-on-time' ? stamped : [])]);
    const differences = differencesAt(ground.after, end, ignored);
    const isOfRun = (each: Difference) =>
      rule === 'depends-on-time' && isByRunTime(each, ground.after, end);
    const [timed, faults] = [
      differences.filter(isOfRun),
      differences.filter((each) => !isOfRun(each)),
    ];
    if (timed.length > 0) found.add('writes-run-time', timed.map(differenceWords));
    if (faults.length > 0) found.add(rule, faults.map(differenceWords));
    for (const column of differences.flatMap(columnsOf)) varying.add(column);
    return isInColumns(differences);
  };
  let isTimely = false;
  // Objects or numbers of rows that are never the same would be blamed on everything.
  if (await judge('depends-on-chance', first, FIRST_CLOCK)) {
    isTimely = !(await judge('depends-on-time', first, OTHER_CLOCK));
    if (other !== undefined) await judge('depends-on-name', other, FIRST_CLOCK);
  }
  if (other === undefined) judgeWrittenName(first.login.database, ground.after, found);
  return { varying: new Set([...varying, ...stamped]), isTimely };
}

/** Whether all differences are values in columns. */
export function isInColumns(differences: readonly Difference[]): boolean {
  return differences.every(({ columns = [] }) => columns.length > 0);
}

function columnsOf({ object, columns = [] }: Difference): string[] {
  return columns.map((column) => `${object.replace(/^table /, '')}.${column}`);
}

/** Whether rows differ only by the time of the two runs, in columns that are for points in time. */
function isByRunTime(
  { object, columns = [] }: Difference,
  wanted: DatabaseContents,
  end: DatabaseContents | string,
): boolean {
  if (typeof end === 'string' || columns.length === 0) return false;
  const name = object.replace(/^table /, '');
  const [before, after] = [wanted.tables.get(name), end.tables.get(name)];
  if (before === undefined || after === undefined) return false;
  return columns.every((column) =>
    differsByRunTime(column, [before, FIRST_CLOCK], [after, OTHER_CLOCK]),
  );
}

function differencesAt(
  wanted: DatabaseContents,
  end: DatabaseContents | string,
  ignored: VaryingColumns,
): Difference[] {
  return typeof end === 'string'
    ? [{ object: 'The migration', of: 'definition', text: end }]
    : [...compareRuns(wanted, end), ...compareRows(wanted, end, ignored)];
}

/** Without a second database only a name that was written down can be found. */
function judgeWrittenName(name: string, contents: DatabaseContents, found: FindingsList): void {
  const places = [...contents.tables].flatMap(([table, { definition, columns, rows }]) => [
    ...(definition.includes(name) ? [`table ${table}: has the name in its definition`] : []),
    ...columns
      .filter((_, at) => rows.some((row) => row[at]?.includes(name) === true))
      .map((column) => `table ${table}: has the name in ${column.name}`),
  ]);
  if (places.length > 0) found.add('depends-on-name', places);
}

/** The contents after a run in other circumstances, or why it failed. */
async function runAt(
  { freshBundle }: RehearsalContext,
  { base }: Ground,
  { database, clock }: { readonly database: RehearsalDatabase; readonly clock: number },
): Promise<DatabaseContents | string> {
  await database.restore(base);
  const bundle = await freshBundle();
  const { attempt } = await makeAttempt(database, {
    bundle,
    direction: 'up',
    runId: 'rehearsal-varied',
    clock,
  });
  if (attempt.status === 'failed') return `fails: ${attempt.failure.message}`;
  return database.read();
}

/** Columns that the server fills with the time of each row, which is what they are for. */
function timestampedColumns({ tables }: DatabaseContents): string[] {
  return [...tables].flatMap(([name, { columns }]) =>
    columns.filter(({ isTimestamped }) => isTimestamped).map((column) => `${name}.${column.name}`),
  );
}
