import { expect, it } from 'vitest';
import { junitReport } from '../../../src/cli/output/junit-report.ts';
import { outcomeLines } from '../../../src/cli/output/outcome-lines.ts';
import { plainPalette } from '../../../src/cli/output/palette.ts';
import { planLines } from '../../../src/cli/output/plan-lines.ts';
import type { Outcome, PlannedOutcome } from '../../../src/core/outcome.ts';
import { addOutcome, emptySummary } from '../../../src/core/reduce/add-outcome.ts';
import { failedOutcome, migratedOutcome, ONE_APPLIED, refOf, stream } from '../../support/fleet.ts';

const look = { palette: plainPalette, width: 120 };
const facts = { wave: 1, position: 0, tries: 1, durationMs: 1, notes: [], tenant: refOf(0) };
const planned: PlannedOutcome = {
  ...facts,
  status: 'planned',
  pending: ['1_a.js'],
  leftOut: { pending: 1_899 },
};

it.each<[string, Outcome, string[]]>([
  [
    'were applied',
    migratedOutcome(0, { leftOut: { applied: 2_999 } }),
    ['✅ Tenant 0: Ran 3,000 migrations:', '- … and 2,999 more'],
  ],
  [
    'were rolled back',
    { ...facts, status: 'reverted', reverted: [ONE_APPLIED], leftOut: { reverted: 9 } },
    ['✅ Tenant 0: Rolled back 10 migrations:', '- … and 9 more'],
  ],
  [
    'would run',
    planned,
    ['📝 Tenant 0 (tenant-000_db): Would run 1,900 migrations:', '- … and 1,899 more'],
  ],
  [
    'would be rolled back',
    { ...planned, reverting: ['1_a.js'], leftOut: { reverting: 3 } },
    ['📝 Tenant 0 (tenant-000_db): Would roll back 4 migrations:', '- … and 3 more'],
  ],
  [
    'were applied before a failure',
    failedOutcome(0, { applied: [ONE_APPLIED], leftOut: { applied: 500 } }),
    [`Applied before it, and kept: 501 migrations (${ONE_APPLIED.name}, and 500 more)`],
  ],
])('counts migrations that %s and that an execution had no room to list', (_, outcome, lines) => {
  const shown = outcomeLines(outcome, look).map((line) => line.trim());
  for (const line of lines) expect(shown).toContain(line);
});

it('counts them in the groups of a plan and in the report for CI systems', async () => {
  const { plan } = addOutcome(emptySummary(1), planned);
  const lines =
    plan === undefined ? [] : planLines(plan, { isRollback: false, listed: false }, look);
  expect(lines).toContain('1 tenant would run 1,900 migrations:');
  expect(lines).toContain('- … and 1,899 more');
  const run = {
    ...{ runId: 'run-1', command: 'migrate', startedAt: '2026-11-29T14:34:56.123Z' },
    ...{ durationMs: 1, summary: emptySummary(1) },
  };
  let xml = '';
  const outcomes = [migratedOutcome(0, { leftOut: { applied: 7 } })];
  for await (const piece of junitReport(run, stream(outcomes))) xml += piece;
  expect(xml).toContain(`Ran ${ONE_APPLIED.name} and 7 more`);
});
