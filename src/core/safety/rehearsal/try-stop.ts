import { compareDefinitions, type Difference } from './compare-definitions.ts';
import { compareRows, type VaryingColumns } from './compare-rows.ts';
import type { DatabaseContents } from './database-contents.ts';
import { type AttemptPlan, makeStoppedAttempt, resumeAttempt } from './make-attempt.ts';
import type { RehearsalDatabase } from './rehearsal-ports.ts';
import type { Stop } from './stop.ts';
import { withoutGaps } from './without-gaps.ts';

/** How a stopped attempt has ended after it was resumed. */
export type StopResult = StopEnd & {
  /** The fingerprint of the shape that the kill left, if it was wanted. */
  readonly left?: string | undefined;
};

type StopEnd =
  | { readonly verdict: 'right' | 'not reached' }
  | { readonly verdict: 'labelled'; readonly reason: string }
  | { readonly verdict: 'stuck'; readonly reason: string }
  | { readonly verdict: 'wrong'; readonly differences: readonly string[] };

/** The start and the end of the attempts that are stopped. */
export interface StopGround {
  readonly database: RehearsalDatabase;
  /** The contents with which each attempt begins. */
  readonly base: DatabaseContents;
  /** The contents after an attempt that nobody stopped. */
  readonly wanted: DatabaseContents;
  /** Columns that differ from run to run anyway. */
  readonly varying: VaryingColumns;
  /** Makes the plan of an attempt; a resumed one is made by another process at another time. */
  readonly plan: (attempt: 'killed' | 'resumed') => Promise<AttemptPlan>;
  /** Whether the shape that each kill leaves is read. */
  readonly readsShapes?: boolean | undefined;
}

/** Kills one attempt at a stop, resumes it as the next run would, and compares. */
export async function tryStop(ground: StopGround, stop: Stop): Promise<StopResult> {
  const { database, base, plan } = ground;
  await database.restore(base);
  const killed = { ...(await plan('killed')), stop };
  const result = await makeStoppedAttempt(database, killed, () => readAndResume(ground));
  return result ?? { verdict: 'not reached' };
}

async function readAndResume(ground: StopGround): Promise<StopResult> {
  if (ground.readsShapes !== true) return judgeResumed(ground);
  const { fingerprint: left } = await ground.database.readShape();
  return { ...(await judgeResumed(ground)), left };
}

async function judgeResumed(ground: StopGround): Promise<StopEnd> {
  const { database, plan } = ground;
  const { attempt } = await resumeAttempt(database, await plan('resumed'));
  const found = await database.read();
  if (attempt.status !== 'failed') return judgeEnd(ground, found);
  const { code, message } = attempt.failure;
  if (code !== 'HalfApplied') return { verdict: 'stuck', reason: `${code}: ${message}` };
  // A label has to stay, and nothing may be changed as long as nobody has decided.
  const again = (await resumeAttempt(database, await plan('resumed'))).attempt;
  const touched = differencesOf(found, await database.read(), new Set());
  if (again.status !== 'failed' || again.failure.code !== 'HalfApplied' || touched.length > 0) {
    const differences = touched.map(differenceWords);
    return {
      verdict: 'wrong',
      differences: [`The label did not stay: ${message}`, ...differences],
    };
  }
  return { verdict: 'labelled', reason: message };
}

function judgeEnd({ base, wanted, varying }: StopGround, found: DatabaseContents): StopEnd {
  if (differencesOf(wanted, found, varying).length === 0) return { verdict: 'right' };
  const differences = differencesOf(wanted, withoutGaps(found, wanted, base), varying);
  if (differences.length === 0) return { verdict: 'right' };
  return { verdict: 'wrong', differences: differences.map(differenceWords) };
}

/** Differences of definitions and rows. Order within a table is none: it depends on which indexes a server made. */
export function differencesOf(
  wanted: DatabaseContents,
  found: DatabaseContents,
  varying: VaryingColumns,
): Difference[] {
  const definitions = compareDefinitions(wanted, found).filter(
    ({ of }) => of !== 'order' && of !== 'index order',
  );
  return [...definitions, ...compareRows(wanted, found, varying)];
}

/** A difference as the beginning of a sentence: `table users: lacks …`. */
export function differenceWords({ object, text }: Difference): string {
  return `${object}: ${text}`;
}
