import { expect, it } from 'vitest';
import { annotationLines, errorAnnotation } from '../../../src/cli/output/github-annotations.ts';
import { jobSummary } from '../../../src/cli/output/job-summary.ts';
import type { Outcome } from '../../../src/core/outcome.ts';
import { addOutcome, emptySummary } from '../../../src/core/reduce/add-outcome.ts';
import { failedOutcome, failureNamed, migratedOutcome, refOf } from '../../support/fleet.ts';

function summaryOf(outcomes: readonly Outcome[]) {
  return outcomes.reduce(addOutcome, emptySummary(outcomes.length));
}

function failing(count: number, code: (number: number) => string): Outcome[] {
  return Array.from({ length: count }, (_, number) =>
    failedOutcome(number, { failure: failureNamed(code(number)) }),
  );
}

it('an annotation is one line per cause, whatever its message contains', () => {
  const message = '50% of\r\n::error::rows, and: more\u001b[31m';
  const failure = { ...failureNamed('TableExists'), message, nextStep: 'Mend, it: 100%' };
  const [line, ...more] = annotationLines(summaryOf([failedOutcome(0, { failure })]), undefined);
  expect(more).toEqual([]);
  expect(line).toBe(
    '::error title=1 tenant%3A TableExists::50%25 of ::error::rows, and: more\\x1b[31m%0ATenants: tenant-000%0ANext: Mend, it: 100%25',
  );
});

it('an annotation escapes commas and colons in its title', () => {
  expect(errorAnnotation('a: b, c%', ['d'])).toBe('::error title=a%3A b%2C c%25::d');
});

it('at most ten annotations are printed, and the rest is counted', () => {
  const lines = annotationLines(summaryOf(failing(40, (number) => `Cause${number % 20}`)), {
    reason: 'breaker',
    message: 'Too many failed.',
  });
  expect(lines).toHaveLength(10);
  expect(lines[0]).toBe('::error title=Stopped::Too many failed.');
  expect(lines.at(-1)).toContain('24 tenants failed for other causes');
});

it('a successful run has no annotations', () => {
  expect(annotationLines(summaryOf([migratedOutcome(0)]), undefined)).toEqual([]);
});

it('the job summary escapes Markdown in text from elsewhere', () => {
  const message = '<img src=x> | **bold** `code` [link](http://x) @team #1\n# Heading';
  const failure = { ...failureNamed('Odd_Code'), message, nextStep: 'Type `fanfold runs`.' };
  const tenant = { ...refOf(0), slug: 'a`b|c' };
  const page = jobSummary(
    {
      type: 'run-finished',
      runId: 'run-1',
      summary: summaryOf([failedOutcome(0, { failure, tenant }), migratedOutcome(1)]),
      durationMs: 61_000,
      location: '.fanfold/runs/run-1',
    },
    undefined,
  );
  expect(page).toContain('| 2 | 1 | 1 | 0 | 0 |');
  expect(page).toContain(
    '\\<img src=x\\> \\| \\*\\*bold\\*\\* `code` \\[link\\](http://x) \\@team \\#1 \\# Heading',
  );
  expect(page).toContain("Tenants: `a'b|c`");
  expect(page).toContain('**Next:** Type `fanfold runs`.');
  expect(page).toContain('Run `run-1` took 1 min 01 s.');
});

it('the job summary stays below the limit of GitHub', () => {
  const long = 'x'.repeat(2_000);
  const outcomes = failing(300, (number) => `Cause${number}`).map((outcome) =>
    outcome.status === 'failed'
      ? { ...outcome, failure: { ...outcome.failure, message: long, nextStep: long } }
      : outcome,
  );
  const event = { runId: 'run-1', summary: summaryOf(outcomes), durationMs: 1, location: 'x' };
  const page = jobSummary({ type: 'run-finished', ...event }, undefined);
  expect(Buffer.byteLength(page)).toBeLessThan(1024 * 1024);
  expect(page).toContain('250 more failures for other causes.');
});
