import {
  type Rehearsal,
  type RehearsalFinding,
  type RehearsedMigration,
  resultOf,
  type StopTally,
} from '../../core/safety/rehearsal/rehearsal.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatDuration } from '../../core/wording/format-duration.ts';
import { cutToWidth } from './cut-to-width.ts';
import type { Look } from './look.ts';
import { printable } from './printable.ts';
import { statementLines } from './sql-lines.ts';
import { wrapText } from './wrap-text.ts';

const INDENT = '   ';

/** Columns of a statement in a log, whose width is not known. */
const LONGEST = 500;

/** Differences of one finding that are shown. */
const MOST_DETAILS = 8;

const MARKS = { right: '✅', labelled: '⚠️ ', wrong: '❌' } as const;

/** The start of a rehearsal, and what stays uncertain about it. Nothing about an empty database. */
export function rehearsalStartLines({ start, notes }: Rehearsal, look: Look): string[] {
  if (notes.length === 0) return [];
  const wrap = (text: string) => wrapText(printable(text), look.width, INDENT);
  return [
    ...wrap(`From ${start}:`).map(look.palette.strong),
    ...notes.flatMap((note) => wrap(`${INDENT}${note}`)),
    '',
  ];
}

/** One migration of a rehearsal: its result, its SQL, its findings, and the checks that were not made. */
export function rehearsedLines(rehearsed: RehearsedMigration, look: Look): string[] {
  const { id, statements, findings, notChecked, allowed, fills } = rehearsed;
  const result = resultOf(findings);
  const paint = { right: look.palette.good, labelled: look.palette.warn, wrong: look.palette.bad };
  const wrap = (text: string) => wrapText(`${INDENT}${printable(text)}`, look.width, INDENT);
  return [
    ...wrapText(`${MARKS[result]} ${printable(id)}`, look.width, INDENT).map(paint[result]),
    ...wrap(factsOf(rehearsed)),
    ...(rehearsed.reversible === undefined ? [] : statementLines(statements, look, { fills })),
    ...findings.flatMap((finding) => findingLines(finding, look)),
    ...allowed.flatMap(({ rule, reason }) => wrap(`Allowed: ${rule}: ${reason}`)),
    ...notChecked.flatMap((text) => wrap(`Not checked: ${text}.`)).map(look.palette.faint),
    '',
  ];
}

function factsOf({ reversible, stops, durationMs }: RehearsedMigration): string {
  if (reversible === undefined) return 'Its up failed.';
  const back = {
    yes: 'reversible',
    definitions: 'reversible but for rows',
    no: 'not reversible',
  };
  return `${stopWords(stops)}; ${back[reversible]}; up in ${formatDuration(durationMs)}`;
}

function stopWords({ tried, all, right, labelled, wrong }: StopTally): string {
  if (tried === 0) return 'not stopped';
  const of = tried < all ? ` of ${all}` : '';
  const parts = [
    ...(right > 0 ? [`${right} right`] : []),
    ...(labelled > 0 ? [`${labelled} labelled`] : []),
    ...(wrong > 0 ? [`${wrong} wrong`] : []),
  ];
  return `stopped ${tried}${of} times: ${parts.join(', ')}`;
}

function findingLines(finding: RehearsalFinding, look: Look): string[] {
  const { rule, severity, message, statement, details, change } = finding;
  const wrap = (text: string, indent = `${INDENT}  `) =>
    wrapText(`${indent}${printable(text)}`, look.width, `${indent}  `);
  const paint = severity === 'error' ? look.palette.bad : look.palette.warn;
  const { moments } = statement ?? {};
  const place =
    statement === undefined
      ? []
      : [
          `Statement ${statement.number} of its ${statement.direction}${moments === undefined ? '' : `, killed ${moments.join(', ')} it`}:`,
        ];
  const more = details.length - MOST_DETAILS;
  return [
    ...wrap(`${rule}: ${message}`, INDENT).map(paint),
    ...place.flatMap((text) => wrap(text)),
    ...(statement === undefined
      ? []
      : [
          look.palette.faint(
            cutToWidth(printable(`${INDENT}  ${statement.text}`), Math.min(look.width, LONGEST)),
          ),
        ]),
    ...details.slice(0, MOST_DETAILS).flatMap((text) => wrap(text)),
    ...(more > 0 ? wrap(`and ${countOf(more, 'more difference')}`) : []),
    ...wrap(`Change: ${change}`),
  ];
}

/** The end of a rehearsal in a sentence, and the error that ended it, if one did. */
export function rehearsalEndLines(rehearsal: Rehearsal, look: Look): string[] {
  const { migrations, failure, start } = rehearsal;
  const wrap = (text: string) => wrapText(printable(text), look.width, INDENT);
  if (failure !== undefined && failure.migration === undefined && migrations.length === 0) {
    return [
      ...wrap(`❌ Not rehearsed: ${start}.`).map(look.palette.bad),
      ...[failure.message, `Next: ${failure.nextStep}`].flatMap((text) => wrap(`${INDENT}${text}`)),
      '',
    ];
  }
  const results = migrations.map(({ findings }) => resultOf(findings));
  const count = (wanted: string) => results.filter((result) => result === wanted).length;
  const parts = [
    `${count('right')} right`,
    ...(count('labelled') > 0 ? [`${count('labelled')} with warnings`] : []),
    ...(count('wrong') > 0 ? [`${count('wrong')} wrong`] : []),
  ];
  const isBad = count('wrong') > 0 || failure !== undefined;
  return [
    ...wrap(
      `${isBad ? '❌' : '✅'} Rehearsed ${countOf(migrations.length, 'migration')}: ${parts.join(', ')}.`,
    ),
    ...(failure === undefined
      ? []
      : wrap(`It ended there: ${failure.migration ?? 'a migration'} failed: ${failure.message}`)),
  ];
}
