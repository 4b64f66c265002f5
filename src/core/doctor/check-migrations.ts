import type { Bundle } from '../bundle/bundle.ts';
import { planTenant } from '../migrate/plan-tenant.ts';
import type { Note } from '../outcome.ts';
import { countOf } from '../wording/count-of.ts';
import { type Check, type CheckName, ok } from './check.ts';
import type { DatabaseFacts } from './database-facts.ts';

/** Compares what the database has applied with the bundle. */
export function checkMigrations(
  { hasJournal, state }: Pick<DatabaseFacts, 'hasJournal' | 'state'>,
  bundle: Bundle,
): Check[] {
  // Told here, not refused: a doctor wants to hear of all of it.
  const plan = planTenant(bundle, state, { strict: false, allowMissing: true });
  const noteOf = (code: string) => plan.notes.find((note) => note.code === code);
  return [
    ok('journal', hasJournal ? 'nothing open' : 'none yet; the first run makes it'),
    checkStanding(plan.pending.length, state.rows.length, noteOf('ahead')),
    checkChecksums(plan.baseline.length, noteOf('MigrationModified')),
  ];
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
