import type { SentStatement } from '../recording.ts';
import type { VaryingColumns } from './compare-rows.ts';
import type { DatabaseContents } from './database-contents.ts';
import type { FindingsList } from './findings-list.ts';
import { planStops } from './plan-stops.ts';
import { NO_STOPS, type StopTally } from './rehearsal.ts';
import { FIRST_CLOCK, type RehearsalContext } from './rehearsal-context.ts';
import type { RehearsalRuleName } from './rehearsal-rules.ts';
import type { Moment, Stop } from './stop.ts';
import { type StopResult, tryStop } from './try-stop.ts';

/** An up or a down that is stopped: its statements, and the database before and after it. */
export interface StoppedWay {
  readonly direction: 'up' | 'down';
  readonly statements: readonly SentStatement[];
  readonly base: DatabaseContents;
  readonly after: DatabaseContents;
  readonly varying: VaryingColumns;
  /** The time at which it is resumed: milliseconds since 1970. */
  readonly resumedAt: number;
}

const RULES: Readonly<Partial<Record<StopResult['verdict'], RehearsalRuleName>>> = {
  labelled: 'labelled-when-stopped',
  stuck: 'stuck-when-stopped',
  wrong: 'wrong-when-stopped',
};

/** The results of all stops of one up or down. */
export interface Stops {
  readonly tally: StopTally;
  /** Fingerprints of the shapes from which a resumed attempt was not wrong, if they were wanted. */
  readonly resumable: readonly string[];
}

/** Kills a migration's up or down before, within and after its statements, resumes it, and compares. */
export async function rehearseStops(
  context: RehearsalContext,
  way: StoppedWay,
  found: FindingsList,
): Promise<Stops> {
  const { mostStops, seed, migration, databases, freshBundle, readsStoppedShapes } = context;
  const { direction, base, after, varying, statements, resumedAt } = way;
  const { stops, all } = planStops(migration.id, statements, {
    most: mostStops,
    seed: direction === 'up' ? seed : seed + 1,
  });
  const ground = {
    database: databases.first,
    base,
    wanted: after,
    varying,
    readsShapes: direction === 'up' && readsStoppedShapes === true,
    plan: async (attempt: 'killed' | 'resumed') => ({
      bundle: attempt === 'killed' ? context.bundle : await freshBundle(),
      direction,
      runId: `rehearsal-stopped-${direction}`,
      clock: attempt === 'killed' ? FIRST_CLOCK : resumedAt,
    }),
  };
  const results: (readonly [Stop, StopResult])[] = [];
  for (const stop of stops) results.push([stop, await tryStop(ground, stop)]);
  addFindings(results, way, found);
  const count = (...verdicts: readonly StopResult['verdict'][]) =>
    results.filter(([, { verdict }]) => verdicts.includes(verdict)).length;
  const tally = {
    tried: stops.length - count('not reached'),
    all,
    right: count('right'),
    labelled: count('labelled'),
    wrong: count('wrong', 'stuck'),
  };
  return { tally, resumable: resumableShapes(results.map(([, result]) => result)) };
}

/** A shape counts only if every stop that left it was resumed without an error. */
function resumableShapes(results: readonly StopResult[]): string[] {
  const isBad = ({ verdict }: StopResult) => verdict === 'wrong' || verdict === 'stuck';
  const bad = new Set(results.filter(isBad).map(({ left }) => left));
  const shapes = new Set(results.map(({ left }) => left));
  return [...shapes].filter((left) => left !== undefined && !bad.has(left)) as string[];
}

/** One finding for all moments of a statement with the same result. */
function addFindings(
  results: readonly (readonly [Stop, StopResult])[],
  { direction, statements }: StoppedWay,
  found: FindingsList,
): void {
  const faults = results.filter(([, { verdict }]) => RULES[verdict] !== undefined);
  const groups = Map.groupBy(faults, ([{ statement }, { verdict }]) => `${verdict} ${statement}`);
  for (const group of groups.values()) {
    const [first] = group;
    if (first === undefined) continue;
    const [{ statement }, result] = first;
    const rule = RULES[result.verdict];
    const sent = statements.find(({ number }) => number === statement);
    if (rule === undefined || sent === undefined) continue;
    const moments = group.map(([{ moment }]): Moment => moment);
    const { number, text } = sent;
    found.add(rule, detailsOf(result), {
      statement: { direction, number, text, moments },
      ...(rule === 'labelled-when-stopped' && { change: labelAdvice(sent, statements) }),
    });
  }
}

function detailsOf(result: StopResult): readonly string[] {
  if ('reason' in result) return [result.reason];
  return 'differences' in result ? result.differences : [];
}

/** The advice about a statement that leaves a migration half-applied. */
function labelAdvice(statement: SentStatement, all: readonly SentStatement[]): string {
  const changes = all.filter(({ kind }) => kind !== 'read' && kind !== 'session');
  const alone =
    changes.length > 1
      ? 'Give it a migration of its own, so that a kill leaves nothing else. '
      : '';
  switch (statement.kind) {
    case 'opaque':
      return `${alone}Send what it does as plain statements instead of a call, a prepared statement or several in one text, so that each can be followed.`;
    case 'ddl':
      return `${alone}Use one change for each statement, and give indexes and constraints names, so that its end can be seen in the definitions.`;
    case 'write':
      return `${alone}Write to InnoDB tables, values that are the same in every attempt: constants, or what the rows have.`;
    default:
      return `${alone}Let it not depend on what an earlier session has left.`;
  }
}

/** The sum of tallies. */
export function addTallies(...tallies: readonly StopTally[]): StopTally {
  return tallies.reduce(
    (sum, each) => ({
      tried: sum.tried + each.tried,
      all: sum.all + each.all,
      right: sum.right + each.right,
      labelled: sum.labelled + each.labelled,
      wrong: sum.wrong + each.wrong,
    }),
    NO_STOPS,
  );
}
