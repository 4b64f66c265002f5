import type { HalfAppliedReport } from '../../core/resolve/half-applied-report.ts';
import type { StatementsAhead } from '../../core/resolve/statements-ahead.ts';
import type { WayOut } from '../../core/resolve/ways-out.ts';
import { commandSpan } from '../../core/wording/command-span.ts';
import type { Look } from './look.ts';
import { printable } from './printable.ts';
import { standingLines } from './standing-lines.ts';
import { wrapText } from './wrap-text.ts';

/** One half-applied migration of a tenant: why it stopped, and every statement. */
export function halfAppliedLines(
  { migration, open, file, label, statements, ahead }: HalfAppliedReport,
  slug: string,
  look: Look,
): string[] {
  const wrap = (text: string) => wrapText(printable(text), look.width, INDENT);
  const last = statements.filter(({ direction }) => direction === undefined).at(-1);
  const what = open.has('down') ? 'half-applied: its down was interrupted' : 'half-applied';
  return [
    ...wrap(`${slug}: ${migration} is ${what}.`),
    ...(label === undefined
      ? []
      : wrap(`${INDENT}Last attempt, ${minuteOf(label.at)}: ${label.message}`)),
    ...standingLines(statements, look),
    ...wrap(
      `${INDENT}${last === undefined ? 'The journal holds no statement of its up.' : `The journal ends with statement ${last.number}.`} ${
        file === undefined ? 'The folder does not have its file.' : `Its file: ${file}`
      }`,
    ),
    ...(ahead === undefined ? [] : aheadLines(ahead, slug, wrap)),
  ];
}

/** Statements that remain to be run, each whole: they are there to be copied. */
function aheadLines(
  { statements, cut }: StatementsAhead,
  slug: string,
  wrap: (text: string) => string[],
): string[] {
  const lasting = statements.filter((each) => each.leavesNothing !== true);
  const done = lasting.filter(({ isThere }) => isThere === true);
  const left = statements.filter(({ isThere }) => isThere !== true);
  const heading =
    left.length === 0
      ? 'Its file sends nothing more'
      : 'Left, as far as it can be foreseen without sending it';
  return [
    ...(done.length === 0
      ? []
      : wrap(
          `${INDENT}In the database already, although the journal does not have it: statement ${done.map(({ number }) => number).join(', ')}.`,
        )),
    ...wrap(`${INDENT}${heading}${left.length === 0 ? '.' : ':'}`),
    ...left.flatMap(({ number, sql }) =>
      // Line breaks stay: what follows one may not belong to a comment before it.
      `${sql};`
        .split('\n')
        .map(
          (line, index) =>
            `      ${(index === 0 ? String(number) : '').padStart(3)}  ${printable(line)}`,
        ),
    ),
    ...(left.some(({ sql }) => sql.includes('?'))
      ? [
          `${INDENT}With its values, which may be secret:`,
          `${COMMAND}${printable(commandSpan('migrate:resolve', slug, '--with-values'))}`,
        ]
      : []),
    ...(cut === undefined ? [] : wrap(`${INDENT}What follows cannot be foreseen: ${cut}.`)),
  ];
}

/** Choices, each with the command to type; then those that are not possible, and why. */
export function wayOutLines(
  { migration, open, file, ways }: HalfAppliedReport,
  { resolve, retry }: WaysOutOf,
  look: Look,
): string[] {
  const wrap = (text: string) => wrapText(printable(text), look.width, `${INDENT}  `);
  const possible = ways.filter(({ verdict }) => verdict !== 'unsafe');
  const impossible = ways.filter(({ verdict }) => verdict === 'unsafe');
  const resume =
    open.has('down') || file === undefined
      ? []
      : [
          ...wrap(
            `${INDENT}Resume it. If it stopped because its file or its values have changed, restore them as they were.`,
          ),
          `${COMMAND}${printable(retry)}`,
        ];
  return [
    'What can be done:',
    ...resume,
    ...possible.flatMap((way) => [
      ...wrap(`${INDENT}${titleOf(way, open)} ${way.why}`),
      // Not wrapped: it is there to be copied.
      `${COMMAND}${commandOf(way, migration, resolve)}`,
    ]),
    ...(impossible.length === 0 ? [] : ['What cannot be done:']),
    ...impossible.flatMap(({ kind, why }) => wrap(`${INDENT}--${kind}: ${why}`)),
  ];
}

/** Whose ways out these are, as commands name them. */
export interface WaysOutOf {
  /** The words that name them to `migrate:resolve`: a slug, or `--of last --cause 4`. */
  readonly resolve: readonly string[];
  /** The command that resumes them. */
  readonly retry: string;
}

/** The ways out of one tenant. */
export function ofTenant(slug: string): WaysOutOf {
  return { resolve: [slug], retry: commandSpan('migrate:tenant', slug) };
}

/** The command that takes a way out, as it is typed. */
function commandOf({ kind, byHand }: WayOut, migration: string, whom: readonly string[]) {
  const flags = [`--${kind}`, migration, ...(byHand ? ['--by-hand'] : [])];
  return printable(commandSpan('migrate:resolve', ...whom, ...flags));
}

function titleOf({ kind, byHand }: WayOut, open: ReadonlySet<string>): string {
  const isDown = open.has('down');
  switch (kind) {
    case 'applied':
      return byHand && !isDown ? 'Record it as applied.' : 'Keep it as applied.';
    case 'retry':
      return 'Begin anew.';
    case 'revert':
      if (byHand) return 'Record it as rolled back.';
      return isDown ? 'Resume its down.' : 'Run its down.';
  }
}

const INDENT = '   ';
const COMMAND = '       ';

function minuteOf(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
