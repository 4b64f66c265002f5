import { expect, it } from 'vitest';
import { convert } from 'xmlbuilder2';
import { junitReport } from '../../../src/cli/output/junit-report.ts';
import type { Outcome } from '../../../src/core/outcome.ts';
import { addOutcome, emptySummary } from '../../../src/core/reduce/add-outcome.ts';
import {
  failedOutcome,
  failureNamed,
  migratedOutcome,
  refOf,
  stream,
} from '../../support/fleet.ts';

async function reportOf(outcomes: readonly Outcome[]): Promise<string> {
  const summary = outcomes.reduce(addOutcome, emptySummary(outcomes.length));
  const run = {
    runId: 'run-1',
    command: 'migrate',
    startedAt: '2026-11-29T14:34:56.123Z',
    durationMs: 4_993,
    summary,
  };
  let xml = '';
  for await (const piece of junitReport(run, stream(outcomes))) xml += piece;
  return xml;
}

const facts = { wave: 1, tries: 1, durationMs: 12, notes: [] };

it('a JUnit report has a test case for each tenant, and the counts that CI systems read', async () => {
  const xml = await reportOf([
    migratedOutcome(0),
    failedOutcome(1),
    {
      ...facts,
      status: 'unknown',
      tenant: refOf(2),
      position: 2,
      reason: 'Nothing was heard of it.',
    },
    {
      ...facts,
      status: 'skipped',
      cause: 'stopped',
      tenant: refOf(3),
      position: 3,
      reason: 'Its turn did not come.',
    },
    { ...facts, status: 'planned', tenant: refOf(4), position: 4, pending: ['1_a.js'] },
  ]);
  const { testsuites } = convert(xml, { format: 'object' }) as never as {
    testsuites: { testsuite: Record<string, unknown> & { testcase: Record<string, unknown>[] } };
  };
  const { testsuite } = testsuites;
  expect(testsuite).toMatchObject({
    '@tests': '5',
    '@failures': '1',
    '@errors': '1',
    '@skipped': '1',
    '@time': '4.993',
    '@timestamp': '2026-11-29T14:34:56Z',
  });
  expect(testsuite.testcase).toMatchObject([
    { '@name': 'tenant-000', '@classname': 'fanfold.migrate', '@time': '0.012' },
    { failure: { '@type': 'TableExists', '#': expect.stringContaining('Next: Mend it.') } },
    { error: { '@message': 'Nothing was heard of it.' } },
    { skipped: { '@message': 'Its turn did not come.' } },
    { 'system-out': 'Would run 1_a.js' },
  ]);
});

it('a JUnit report is valid XML whatever a server, a migration or a tenant contains', async () => {
  const evil = ']]> <b a="1">&amp; \u0000\u0007\u001b[31m\ufffe\uffff\ud800 \n\t 😀 \u202e';
  const failure = { ...failureNamed('TableExists'), message: evil, nextStep: evil };
  const tenant = { ...refOf(1), slug: evil };
  const xml = await reportOf([failedOutcome(1, { failure, tenant })]);
  expect(xml.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cs}\ufffe\uffff]/u);
  expect(xml).toContain('>]]&gt; &lt;b a="1"&gt;&amp;amp; \\x00\\x07\\x1b[31m');
  expect(xml).toContain(' name="]]&gt; &lt;b a=&quot;1&quot;&gt;&amp;amp; ');
  expect(convert(xml, { format: 'object' })).toHaveProperty('testsuites.testsuite.testcase');
});
