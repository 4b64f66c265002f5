import { create } from 'xmlbuilder2';
import type { LintFinding, LintReport } from '../../core/safety/lint/lint-migrations.ts';
import { legal } from './junit-report.ts';
import { notJudgedSentence } from './lint-lines.ts';

/**
 * The report of a lint as JUnit, with a test case for each migration; warnings do not fail one. One that failed on the
 * scratch server is an error, and those whose statements are unknown because of it are skipped.
 */
export async function* lintJunit(
  { findings, notJudged }: LintReport,
  migrations: readonly string[],
): AsyncGenerator<string, void, undefined> {
  const failed = new Set(findings.filter(isError).map(({ migration }) => migration));
  const unknown = new Set(notJudged?.migrations.filter((id) => !failed.has(id)));
  const isBroken = (id: string) => unknown.has(id) && id === notJudged?.failed;
  const errors = migrations.filter(isBroken).length;
  const numbers = {
    tests: String(migrations.length),
    failures: String(failed.size),
    errors: String(errors),
    skipped: String(unknown.size - errors),
  };
  const xml = create({ encoding: 'UTF-8' }).ele('testsuites', { name: 'fanfold', ...numbers });
  const suite = xml.ele('testsuite', { name: 'migrate:lint', ...numbers });
  for (const id of migrations) {
    const test = suite.ele('testcase', { name: legal(id), classname: 'fanfold.lint' });
    const own = findings.filter(({ migration }) => migration === id);
    for (const finding of own.filter(isError)) {
      const { rule, message } = finding;
      test.ele('failure', { type: rule, message: legal(message) }).txt(textOf(finding));
    }
    if (notJudged !== undefined && unknown.has(id)) {
      const message = legal(notJudgedSentence(notJudged));
      if (isBroken(id)) test.ele('error', { type: 'not-judged', message });
      else test.ele('skipped', { message });
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
