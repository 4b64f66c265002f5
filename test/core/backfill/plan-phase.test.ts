import { describe, expect, it } from 'vitest';
import type { Phase } from '../../../src/core/backfill/phase.ts';
import { backfillRows, planPhase } from '../../../src/core/backfill/plan-phase.ts';
import { backfill, migration } from '../../support/migrations.ts';

const UPDATE = { table: 'tasks', update: 'points = 1' };

/** A schema change by its lower-case name, a backfill by its upper-case one; `>` names what it requires. */
function planned(name: string) {
  const [id = '', ...requires] = name.split('>');
  const isBackfill = id === id.toUpperCase();
  const options = requires.length > 0 ? { requires } : {};
  const made = isBackfill ? backfill(id, UPDATE, options) : migration(id, () => {}, options);
  return { migration: made, name: `${id}.js` };
}

const cases: [phase: Phase, pending: string, runs: string, waiting: string, blocked?: string][] = [
  // Without backfills every phase but theirs is the same.
  ['schema', 'a b', 'a b', ''],
  ['all', 'a b', 'a b', ''],
  ['backfills', 'a b', '', ''],
  // Schema changes pass a backfill, and leave it.
  ['schema', 'a B c', 'a c', 'B'],
  ['schema', 'B', '', 'B'],
  ['all', 'a B c', 'a B c', ''],
  ['backfills', 'B', 'B', ''],
  ['backfills', 'B c D', 'B', 'D', 'BackfillTooEarly'],
  ['backfills', 'a B', '', 'B', 'BackfillTooEarly'],
  // Unless they require it.
  ['schema', 'a B c>B d', 'a', 'B', 'BackfillPending'],
  ['schema', 'B c d>B', 'c', 'B', 'BackfillPending'],
  ['all', 'a B c>B d', 'a B c d', ''],
  ['backfills', 'B c>B', 'B', ''],
  // One that is applied is not pending.
  ['schema', 'c>A d', 'c d', ''],
  ['schema', 'A B>A c>B', '', 'A B', 'BackfillPending'],
];

describe('the pending migrations of a phase', () => {
  it.each(cases)(
    '%s of "%s" runs "%s" and leaves "%s"',
    async (phase, pending, runs, waiting, code) => {
      const plan = await planPhase(pending.split(' ').map(planned), phase);
      expect(plan.pending.map(({ migration: { id } }) => id).join(' ')).toBe(runs);
      expect(plan.blocked?.code).toBe(code);
      const noted = plan.notes.map(({ message }) => /pending: (.+)\. Run/.exec(message)?.[1]);
      expect(noted.join()).toBe(waiting.replaceAll(' ', ', '));
    },
  );

  it('leaves what requires a backfill to a later pass, if there is one', async () => {
    const plan = await planPhase(['a', 'B', 'c>B'].map(planned), 'schema', { leaves: true });
    expect(plan.pending).toHaveLength(1);
    expect(plan.blocked).toBeUndefined();
    expect(plan.notes).toMatchObject([{ code: 'BackfillsPending' }]);
  });
});

it.each([
  [{ rowsDone: 0, rowsExpected: 5_000 }, '2_b walks over about 5,000 rows.'],
  [{ rowsDone: 40, rowsExpected: 5_000 }, '2_b walks over about 5,000 rows; 40 are done.'],
  [{ rowsDone: 0 }, '2_b walks over an unknown number of rows.'],
])('a plan notes the rows of a backfill: %j', (progress, message) => {
  const note = backfillRows({ migration: '2_b', rowsChanged: 0, ...progress });
  expect(note).toEqual({ code: 'BackfillRows', message });
});
