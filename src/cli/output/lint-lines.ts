import type { LintFinding, LintReport, NotJudged } from '../../core/safety/lint/lint-migrations.ts';
import { RULES } from '../../core/safety/lint/rules/all-rules.ts';
import type { Recording } from '../../core/safety/recording.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { guardWords } from '../../core/wording/guard-words.ts';
import { cutToWidth } from './cut-to-width.ts';
import type { Look } from './look.ts';
import { printable } from './printable.ts';
import { wrapText } from './wrap-text.ts';

const INDENT = '   ';

/** Columns of a statement in a log, whose width is not known. */
const LONGEST = 500;

/** A finding for people: the rule and the place, the problem, the statement and the safe way. */
export function findingLines(finding: LintFinding, look: Look): string[] {
  const { rule, severity, migration, line, statement, message, safeWay } = finding;
  const place = [
    ...(statement === undefined ? [] : [`, statement ${statement.number}`]),
    ...(line === undefined ? [] : [`, line ${line}`]),
  ].join('');
  const isError = severity === 'error';
  const head = `${isError ? '❌' : '⚠️ '} ${rule}: ${migration}${place}`;
  const wrap = (text: string) => wrapText(`${INDENT}${printable(text)}`, look.width, `${INDENT}  `);
  return [
    ...wrapText(printable(head), look.width, INDENT).map(
      isError ? look.palette.bad : look.palette.warn,
    ),
    ...wrap(message),
    ...(statement === undefined
      ? []
      : [
          look.palette.faint(
            cutToWidth(printable(`${INDENT}${statement.text}`), Math.min(look.width, LONGEST)),
          ),
        ]),
    ...wrap(`Safe way: ${safeWay}`),
  ];
}

/** The end of a lint: what was judged and found, and what was not judged. */
export function lintSummaryLines(
  report: LintReport,
  recording: Recording | undefined,
  look: Look,
): string[] {
  const { findings, allowed, safety, migrations, unread } = report;
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const on =
    recording === undefined ? '' : ` on ${recording.server.product} ${recording.server.version}`;
  const counts = [
    countOf(errors, 'error'),
    countOf(findings.length - errors, 'warning'),
    ...(allowed.length === 0 ? [] : [`${allowed.length} allowed`]),
  ];
  const mark = errors > 0 || report.notJudged !== undefined ? '❌' : '✅';
  const wrap = (text: string) => wrapText(printable(text), look.width, INDENT);
  return [
    ...wrap(`${mark} Judged ${countOf(migrations, 'migration')}${on}: ${counts.join(', ')}.`),
    ...safety.flatMap(({ migration, ...limits }) =>
      wrap(`${migration} has limits of its own: ${guardWords(limits)}`),
    ),
    ...foundByOthers(report).flatMap(wrap),
    ...notJudged(recording, report).flatMap(wrap),
    ...(unread.length === 0
      ? []
      : wrap(
          `Not read to the end: ${unread.join(', ')}. Rules about the code may miss something there.`,
        )),
  ];
}

/** Most rules are off by default, and a green end must not hide what they would have found. */
function foundByOthers({ off }: LintReport): string[] {
  const counts = Object.entries(off);
  if (counts.length === 0) return [];
  const sum = counts.reduce((all, [, count]) => all + count, 0);
  const rules = counts.map(([rule, count]) => `${rule} (${count})`).join(', ');
  return [
    `Not shown: ${countOf(sum, 'finding')} of rules that are off by default: ${rules}. Show with --every.`,
  ];
}

/** Rules that look at statements are not judged for migrations whose statements are unknown. */
function notJudged(recording: Recording | undefined, report: LintReport): string[] {
  const rules = RULES.filter(({ judges }) => judges === 'statements').length;
  if (recording === undefined) {
    return [
      `Not judged: what the migrations send, which ${rules} of ${RULES.length} rules look at. Add --scratch or --scratch-url to run them on a scratch server.`,
    ];
  }
  return report.notJudged === undefined ? [] : [notJudgedSentence(report.notJudged)];
}

/** Why the lint is not complete. */
export function notJudgedSentence({ migrations, failed, message }: NotJudged): string {
  return `Not judged: what ${countOf(migrations.length, 'migration')} would send, since ${failed ?? 'the scratch database'} failed there: ${message}`;
}
