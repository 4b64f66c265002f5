import fc from 'fast-check';
import { expect, it } from 'vitest';
import { redriveHint } from '../../../lambdas/redrive-hint.ts';
import { addOutcome, emptySummary } from '../../../src/core/reduce/add-outcome.ts';
import { MOST_SHORT_BYTES, shortSummary } from '../../../src/core/run/short-summary.ts';
import { failedMessage, migrationsFailed } from '../../../src/core/states/migrations-failed.ts';
import { messageOfRunCause, runCause } from '../../../src/core/wire/run-cause.ts';
import { shortSummarySchema } from '../../../src/core/wire/step-data.ts';
import { bytesOf, cutToBytes } from '../../../src/core/wording/cut-to-bytes.ts';
import { failedOutcome, failureNamed, refOf } from '../../support/fleet.ts';

const facts = { runId: 'run-1', location: 's3://acme-runs/runs/run-1/' };

it('the short summary names the most frequent causes first, with some of their tenants', () => {
  let summary = emptySummary(20);
  for (let number = 0; number < 12; number += 1) {
    const code = number < 7 ? 'TableExists' : `Cause${number}`;
    summary = addOutcome(summary, failedOutcome(number, { failure: failureNamed(code) }));
  }
  const short = shortSummary(summary, facts);
  expect(short.causes).toHaveLength(5);
  expect(short.causes[0]).toEqual({
    tenants: 7,
    code: 'TableExists',
    message: 'TableExists happened.',
    nextStep: 'Mend it.',
    examples: ['tenant-000', 'tenant-001', 'tenant-002'],
  });
  expect(short).toMatchObject({
    total: 20,
    summary: 's3://acme-runs/runs/run-1/summary.json',
    report: 's3://acme-runs/runs/run-1/report.html',
  });
  const message = failedMessage(short);
  expect(message).toContain('[3] ');
  expect(message).not.toContain('[4] ');
  expect(message).toContain('The other reasons are in the report. Report: s3://');
});

it("the short summary ends a server's message before the next step", () => {
  const failure = { ...failureNamed('TableExists'), message: "Table 'a' already exists" };
  const summary = addOutcome(emptySummary(1), failedOutcome(0, { failure }));
  expect(failedMessage(shortSummary(summary, facts))).toContain('already exists. Mend it. Report:');
});

it("the short summary stays below 10 KiB for any messages, and so does an operator's text", () => {
  const word = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc
      .constantFrom('"', '\\', '\u0001', '\n', '😀', 'ä', '\ud800')
      .map((sign) => sign.repeat(3_000)),
  );
  const any = fc.array(fc.tuple(word, word, word, word), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(any, word, (failures, note) => {
      let summary = emptySummary(1_000_000);
      for (const [index, [code, message, nextStep, slug]] of failures.entries()) {
        const failure = { ...failureNamed(code), message, nextStep, fingerprint: `${index}` };
        const notes = [{ code: `${note}${index}`, message: note }];
        const tenant = { ...refOf(index), slug };
        summary = addOutcome(summary, failedOutcome(index, { failure, tenant, notes }));
      }
      const runNotes = [{ code: 'AnotherRunRunning', message: note }];
      const short = shortSummary({ ...summary, runNotes }, facts);
      expect(bytesOf(JSON.stringify(short))).toBeLessThanOrEqual(MOST_SHORT_BYTES);
      expect(shortSummarySchema.parse(JSON.parse(JSON.stringify(short)))).toEqual(short);
      const { message } = migrationsFailed(failedMessage(short));
      const cause = runCause(message, redriveHint('run-1'));
      expect(bytesOf(cause)).toBeLessThan(8 * 1024);
      expect(messageOfRunCause(cause)).toBe(message);
      expect(message).not.toMatch(/\p{Cc}/u);
      expect(message).toContain('Report: s3://acme-runs/runs/run-1/report.html');
    }),
  );
});

it('the short summary cuts a text between its characters', () => {
  expect(cutToBytes('größer', 8)).toBe('größer');
  expect(cutToBytes('größer', 7)).toBe('grö…');
  expect(cutToBytes('😀😀', 7)).toBe('😀…');
  const text = fc.array(fc.constantFrom('a', 'ä', '€', '😀', '\ud800'), { maxLength: 40 });
  fc.assert(
    fc.property(
      text.map((signs) => signs.join('')),
      fc.integer({ min: 3, max: 60 }),
      (text, most) => {
        const cut = cutToBytes(text, most);
        expect(bytesOf(cut)).toBeLessThanOrEqual(most);
        if (bytesOf(text) <= most) expect(cut).toBe(text);
      },
    ),
  );
});
