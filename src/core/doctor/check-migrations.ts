import type { Bundle } from '../bundle/bundle.ts';
import { planTenant } from '../migrate/plan-tenant.ts';
import type { Note } from '../outcome.ts';
import { countOf } from '../wording/count-of.ts';
import { type Check, type CheckName, ok } from './check.ts';
import type { DatabaseFacts } from './database-facts.ts';

/** Compares what the database has applied with the bundle. */
export function checkMigrations(
  facts: Pick<DatabaseFacts, 'hasJournal' | 'state' | 'fenceHolder'>,
  bundle: Bundle,
): Check[] {
  const { state } = facts;
  // Told here, not refused: a doctor wants to hear of all of it.
  const plan = planTenant(bundle, { ...state, open: [] }, { strict: false, allowMissing: true });
  const noteOf = (code: string) => plan.notes.find((note) => note.code === code);
  return [
    checkJournal(facts),
    checkStanding(plan.pending.length, state.rows.length, noteOf('ahead')),
    checkChecksums(plan.baseline.length, noteOf('MigrationModified')),
  ];
}

function checkJournal({
  hasJournal,
  state,
  fenceHolder,
}: Pick<DatabaseFacts, 'hasJournal' | 'state' | 'fenceHolder'>): Check {
  const name: CheckName = 'journal';
  if (!hasJournal) return ok(name, 'none yet; the first run makes it');
  const [half] = state.open;
  if (half === undefined) return ok(name, 'nothing open');
  const { id, direction } = half;
  if (fenceHolder !== null) return ok(name, `${id} is under way`);
  return {
    name,
    status: 'wrong',
    code: 'HalfApplied',
    message:
      direction === 'up'
        ? `The migration ${id} was begun and not ended.`
        : `Taking back the migration ${id} was begun and not ended.`,
    nextStep:
      direction === 'up'
        ? 'Migrate the tenant: that goes on with it, or says why it cannot.'
        : 'Run the same rollback again: that goes on with it, or says why it cannot.',
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
    nextStep: `${nextStep} To go on without them: --allow-missing.`,
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
