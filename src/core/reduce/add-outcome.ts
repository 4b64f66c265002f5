import { OUTCOME_STATUSES, type Outcome, type OutcomeStatus } from '../outcome.ts';
import { addFailure } from './add-failure.ts';
import { countOfList } from './count-of-list.ts';
import { addPlan } from './plan-groups.ts';
import type { Summary } from './summary.ts';

/** The summary of a run of `total` tenants of which nothing is known yet. */
export function emptySummary(total: number): Summary {
  return {
    total,
    counts: Object.fromEntries(OUTCOME_STATUSES.map((status) => [status, 0])) as Summary['counts'],
    failures: [],
    otherFailures: 0,
    applied: 0,
    retried: 0,
    notes: {},
  };
}

/**
 * Adds the outcome of one tenant. The result does not depend on the order in which tenants are added; each is
 * to be added once. Only what changes is copied: a million additions take a second.
 */
export function addOutcome(summary: Summary, outcome: Outcome): Summary {
  const counted: Summary = {
    ...summary,
    counts: plus(summary.counts, outcome.status, 1),
    applied: summary.applied + appliedBy(outcome),
    ...withRowsChanged(summary, outcome),
    retried: summary.retried + (outcome.tries > 1 ? 1 : 0),
    notes: outcome.notes.length === 0 ? summary.notes : addNotes(summary.notes, outcome),
  };
  if (outcome.status === 'failed') return addFailure(counted, outcome);
  return outcome.status === 'planned'
    ? { ...counted, plan: addPlan(summary.plan, outcome) }
    : counted;
}

/** Counts the listed tenants of which no outcome was added as `status`. */
export function countUnreported(summary: Summary, status: 'skipped' | 'unknown'): Summary {
  const reported = Object.values(summary.counts).reduce((sum, count) => sum + count, 0);
  return { ...summary, counts: plus(summary.counts, status, summary.total - reported) };
}

/** Adds a note of the run itself, about `tenants` tenants. */
export function addNote(summary: Summary, code: string, tenants: number): Summary {
  return { ...summary, notes: noteCounts(summary.notes, code, tenants) };
}

function appliedBy(outcome: Outcome): number {
  const counts = outcome.status === 'migrated' || outcome.status === 'failed';
  return counts ? countOfList(outcome, 'applied', outcome.applied) : 0;
}

function withRowsChanged({ rowsChanged }: Summary, outcome: Outcome): Pick<Summary, 'rowsChanged'> {
  const applied = 'applied' in outcome ? outcome.applied : [];
  const rows = applied.flatMap((migration) => migration.rowsChanged ?? []);
  if (rows.length === 0) return {};
  return { rowsChanged: rows.reduce((sum, each) => sum + each, rowsChanged ?? 0) };
}

function plus(counts: Summary['counts'], status: OutcomeStatus, more: number): Summary['counts'] {
  return { ...counts, [status]: counts[status] + more };
}

function addNotes(notes: Summary['notes'], outcome: Outcome): Summary['notes'] {
  const codes = new Set(outcome.notes.map((note) => note.code));
  return [...codes].reduce((counted, code) => noteCounts(counted, code, 1), notes);
}

/** Keys stay sorted, so that equal summaries are equal as JSON too. */
function noteCounts(notes: Summary['notes'], code: string, more: number): Summary['notes'] {
  if (Object.hasOwn(notes, code)) return { ...notes, [code]: (notes[code] ?? 0) + more };
  const entries = [...Object.entries(notes), [code, more] as const];
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
