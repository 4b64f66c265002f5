import { compareRuns } from './compare-definitions.ts';
import { compareRows, type VaryingColumns } from './compare-rows.ts';
import type { DatabaseContents } from './database-contents.ts';
import { FindingsList } from './findings-list.ts';
import { makeAttempt } from './make-attempt.ts';
import { NO_STOPS, type RehearsedMigration } from './rehearsal.ts';
import { FIRST_CLOCK, RESUMED_CLOCK, type RehearsalContext } from './rehearsal-context.ts';
import { type BothWays, judgeUpAgain, rehearseBothWays } from './rehearse-both-ways.ts';
import { addTallies, rehearseStops, type Stops } from './rehearse-stops.ts';
import { isInColumns, rehearseVariations, type Variations } from './rehearse-variations.ts';
import { type Ground, rehearseWithRows } from './rehearse-with-rows.ts';
import { differenceWords } from './try-stop.ts';

/** One migration, and the database after it. */
export interface MigrationRehearsal {
  readonly rehearsed: RehearsedMigration;
  /** Absent if the up failed, so that nothing can follow. */
  readonly after?: DatabaseContents | undefined;
  /** Columns whose values differ from run to run. */
  readonly varying: VaryingColumns;
  /** Whether two runs make the same objects and numbers of rows. */
  readonly isStable: boolean;
}

/** Rehearses one migration alone, in runs of its own, from the database before it. */
export async function rehearseMigration(
  context: RehearsalContext,
  before: DatabaseContents,
): Promise<MigrationRehearsal> {
  const { migration } = context;
  const found = new FindingsList(context);
  const both = await rehearseBothWays(context, before, found);
  const fills = await tableOfBackfill(migration);
  const shared = {
    ...{ id: migration.id, findings: found.findings, allowed: found.allowed },
    ...(fills !== undefined && { fills }),
  };
  if (both === undefined) {
    const rehearsed = { ...shared, statements: [], stops: NO_STOPS, durationMs: 0, notChecked: [] };
    return { rehearsed, varying: new Set(), isStable: true };
  }
  const { statements, reversible, after } = both;
  const { durationMs, isStable } = await repeat(context, before, both, found);
  if (!isStable) {
    const notChecked = ['stops, rows, time and order, because no two runs are alike'];
    const rehearsed = {
      ...shared,
      statements,
      reversible,
      stops: NO_STOPS,
      durationMs,
      notChecked,
    };
    return { rehearsed, after, varying: new Set(), isStable };
  }
  judgeUpAgain(both, found);
  const ground = await rehearseWithRows(context, before, both, found);
  const variations = await rehearseVariations(context, ground, found);
  const { tally: stops, resumable } = await stopBothWays(
    context,
    { both, ground, variations },
    found,
  );
  const notChecked = [
    ...(ground.unfilled.length === 0
      ? []
      : [`with rows in ${ground.unfilled.join(', ')}, because the server refuses sample rows`]),
    ...(stops.tried < stops.all ? [`${stops.all - stops.tried} of ${stops.all} stops`] : []),
  ];
  const rehearsed = {
    ...shared,
    statements,
    reversible,
    stops,
    resumable,
    durationMs,
    notChecked,
  };
  return { rehearsed, after, varying: variations.varying, isStable };
}

/** Runs the up once more from the beginning, in the packets that a tenant gets, and measures it. */
async function repeat(
  { databases: { first }, freshBundle }: RehearsalContext,
  before: DatabaseContents,
  { after }: BothWays,
  found: FindingsList,
): Promise<{ readonly durationMs: number; readonly isStable: boolean }> {
  await first.restore(before);
  const plan = { direction: 'up' as const, runId: 'rehearsal-repeated', clock: FIRST_CLOCK };
  const { attempt } = await makeAttempt(first, { ...plan, bundle: await freshBundle() });
  if (attempt.status !== 'migrated') {
    const reason = attempt.status === 'failed' ? attempt.failure.message : 'It did nothing.';
    found.add('depends-on-chance', [`In a second run: ${reason}`]);
    return { durationMs: 0, isStable: false };
  }
  const durationMs = attempt.applied.reduce((sum, each) => sum + each.durationMs, 0);
  const end = await first.read();
  const differences = [...compareRuns(after, end), ...compareRows(after, end)];
  const isStable = isInColumns(differences);
  if (!isStable) found.add('depends-on-chance', differences.map(differenceWords));
  return { durationMs, isStable };
}

interface Grounds {
  readonly both: BothWays;
  readonly ground: Ground;
  readonly variations: Variations;
}

async function stopBothWays(
  context: RehearsalContext,
  { both, ground, variations: { varying, isTimely } }: Grounds,
  found: FindingsList,
): Promise<Stops> {
  const shared = { varying, resumedAt: isTimely ? FIRST_CLOCK : RESUMED_CLOCK };
  const up = { ...ground, ...shared, direction: 'up' as const };
  const ofUp = await rehearseStops(context, up, found);
  const { downStatements: statements, afterDown, after } = both;
  if (statements === undefined || afterDown === undefined) return ofUp;
  const down = { ...shared, direction: 'down' as const, statements, base: after, after: afterDown };
  const ofDown = await rehearseStops(context, down, found);
  return { ...ofUp, tally: addTallies(ofUp.tally, ofDown.tally) };
}

/** The table of a backfill; undefined for another migration, and for a file that cannot be loaded. */
async function tableOfBackfill(
  migration: RehearsalContext['migration'],
): Promise<string | undefined> {
  try {
    return (await migration.load()).backfill?.table;
  } catch {
    return undefined;
  }
}
