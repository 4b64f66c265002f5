import type { Bundle } from '../bundle/bundle.ts';
import { planTenant } from '../migrate/plan-tenant.ts';
import type { NoteCode } from '../note-codes.ts';
import type { Note } from '../outcome.ts';
import { commandSpan } from '../wording/command-span.ts';
import { countOf } from '../wording/count-of.ts';
import { type Check, type CheckName, ok } from './check.ts';
import type { DatabaseFacts } from './database-facts.ts';

/** Compares what the database has applied with the bundle. */
export function checkAppliedMigrations(facts: JournalFacts, bundle: Bundle, slug: string): Check[] {
  const { state } = facts;
  // Reported and not refused, because a doctor must list all findings.
  const plan = planTenant(bundle, { ...state, open: [] }, { strict: false, allowMissing: true });
  const noteOf = (code: NoteCode) => plan.notes.find((note) => note.code === code);
  return [
    checkJournal(facts, slug),
    checkStanding(plan.pending.length, state.rows.length, noteOf('ahead')),
    checkChecksums(plan.baseline.length, noteOf('MigrationModified')),
  ];
}

type JournalFacts = Pick<DatabaseFacts, 'hasJournal' | 'state' | 'fenceHolder' | 'label'>;

function checkJournal(
  { hasJournal, state, fenceHolder, label }: JournalFacts,
  slug: string,
): Check {
  const name: CheckName = 'journal';
  if (!hasJournal) return ok(name, 'none yet; the first run makes it');
  const [half] = state.open;
  if (half === undefined) return ok(name, 'nothing open');
  const { id, direction } = half;
  if (fenceHolder !== null) return ok(name, `${id} is under way`);
  const resolve = commandSpan('migrate:resolve', slug);
  if (label !== undefined) {
    return {
      name,
      status: 'wrong',
      code: 'HalfApplied',
      message: `The migration ${id} is half-applied, and the last attempt could not resume it: ${label.message}`,
      nextStep: `See the standing of each statement and the possible ways out: ${resolve}`,
    };
  }
  return {
    name,
    status: 'wrong',
    code: 'HalfApplied',
    message: `The migration ${id} was interrupted${direction === 'up' ? '' : ' while it was rolled back'}, and no attempt to resume it has ended since.`,
    nextStep: `See the standing of each statement: ${resolve}. ${
      direction === 'up'
        ? `The next run resumes it, or says why it cannot: ${commandSpan('migrate:tenant', slug)}`
        : 'The same rollback, run again, resumes it, or says why it cannot.'
    }`,
  };
}

function checkStanding(pending: number, applied: number, ahead: Note | undefined): Check {
  const name: CheckName = 'migrations';
  const nextStep = 'Run the build that has these migrations, or restore their files.';
  if (ahead === undefined) {
    const standing = pending === 0 ? 'up to date' : `${pending} pending`;
    return ok(name, `${countOf(applied, 'migration')} applied, ${standing}`);
  }
  const { message } = ahead;
  if (pending === 0) return { name, status: 'note', code: 'ahead', message, nextStep };
  return {
    name,
    status: 'wrong',
    code: 'MigrationsMissing',
    message: `${message} ${pending} of the bundle's own are pending, so that a run fails.`,
    nextStep: `${nextStep} To continue without them: --allow-missing.`,
  };
}

function checkChecksums(unrecorded: number, modified: Note | undefined): Check {
  const name: CheckName = 'checksums';
  if (modified !== undefined) {
    return {
      name,
      status: 'wrong',
      code: 'MigrationModified',
      message: modified.message,
      nextStep: 'Restore the files as they were applied; put the change into a new migration.',
    };
  }
  if (unrecorded === 0) return ok(name, 'unchanged');
  return ok(
    name,
    `${countOf(unrecorded, 'applied migration')} without one, to be recorded by the next run that applies something`,
  );
}
