import { expect, test } from 'vitest';
import { lintJunit } from '../../../src/cli/output/lint-junit.ts';
import { lintSummaryLines } from '../../../src/cli/output/lint-lines.ts';
import { lintSarif } from '../../../src/cli/output/lint-sarif.ts';
import { plainLook } from '../../../src/cli/output/look.ts';
import type { LintReport } from '../../../src/core/safety/lint/lint-migrations.ts';
import type { Recording } from '../../../src/core/safety/recording.ts';

const WHOLE: LintReport = {
  ...{ findings: [], allowed: [], safety: [], off: {}, unread: [] },
  ...{ migrations: 3, withoutStatements: 0 },
};
const NOT_JUDGED = {
  migrations: ['2_second', '3_third'],
  failed: '2_second',
  message: "Table 't' doesn't exist",
};
const BROKEN: LintReport = { ...WHOLE, withoutStatements: 2, notJudged: NOT_JUDGED };
const RECORDING = { server: { product: 'MySQL', version: '9.7.4' } } as unknown as Recording;

test('a lint that is not complete never ends with a green mark', () => {
  const lines = (report: LintReport) => lintSummaryLines(report, RECORDING, plainLook);
  expect(lines(WHOLE)[0]).toMatch(/^✅ Judged 3 migrations on MySQL 9\.7\.4/);
  expect(lines(BROKEN)[0]).toMatch(/^❌ Judged 3 migrations on MySQL 9\.7\.4/);
  expect(lines(BROKEN).join('\n')).toContain(
    "Not judged: what 2 migrations would send, since 2_second failed there: Table 't' doesn't exist",
  );
});

test('in JUnit the migration that failed is an error, and those after it are skipped', async () => {
  let xml = '';
  for await (const part of lintJunit(BROKEN, ['1_first', '2_second', '3_third'])) xml += part;
  expect(xml).toContain('tests="3" failures="0" errors="1" skipped="1"');
  expect(xml).toMatch(/name="2_second"[^>]*>\s*<error type="not-judged" message="Not judged:/);
  expect(xml).toMatch(/name="3_third"[^>]*>\s*<skipped message="Not judged:/);
  expect(xml).toMatch(/name="1_first"[^>]*\/>/);
});

test('in SARIF it was not executed successfully', () => {
  const [run] = (lintSarif(BROKEN, '1.0.0') as { runs: { invocations: unknown }[] }).runs;
  expect(run?.invocations).toMatchObject([
    {
      executionSuccessful: false,
      toolExecutionNotifications: [
        { level: 'error', message: { text: expect.stringContaining('2_second') } },
      ],
    },
  ]);
  const [whole] = (lintSarif(WHOLE, '1.0.0') as { runs: { invocations: unknown }[] }).runs;
  expect(whole?.invocations).toEqual([{ executionSuccessful: true }]);
});
