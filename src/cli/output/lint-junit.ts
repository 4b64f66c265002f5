import { create } from 'xmlbuilder2';
import type { LintFinding, LintReport } from '../../core/safety/lint/lint-migrations.ts';
import { legal } from './junit-report.ts';

/** The report of a lint as JUnit, with a test case for each migration; warnings do not fail one. */
export async function* lintJunit(
  { findings }: LintReport,
  migrations: readonly string[],
): AsyncGenerator<string, void, undefined> {
  const failed = new Set(findings.filter(isError).map(({ migration }) => migration));
  const numbers = { tests: String(migrations.length), failures: String(failed.size) };
  const xml = create({ encoding: 'UTF-8' }).ele('testsuites', { name: 'fanfold', ...numbers });
  const suite = xml.ele('testsuite', { name: 'migrate:lint', ...numbers });
  for (const id of migrations) {
    const test = suite.ele('testcase', { name: legal(id), classname: 'fanfold.lint' });
    const own = findings.filter(({ migration }) => migration === id);
    for (const finding of own.filter(isError)) {
      const { rule, message } = finding;
      test.ele('failure', { type: rule, message: legal(message) }).txt(textOf(finding));
    }
    const warnings = own.filter((finding) => !isError(finding));
    if (warnings.length > 0) test.ele('system-out').txt(warnings.map(textOf).join('\n'));
  }
  yield `${xml.doc().end({ prettyPrint: true })}\n`;
}

function isError({ severity }: LintFinding): boolean {
  return severity === 'error';
}

function textOf({ rule, message, statement, safeWay }: LintFinding): string {
  const place = statement === undefined ? [] : [`Statement ${statement.number}: ${statement.text}`];
  return [`${rule}: ${message}`, ...place, `Safe way: ${safeWay}`].map(legal).join('\n');
}
