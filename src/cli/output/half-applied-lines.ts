import type { HalfAppliedReport } from '../../core/resolve/half-applied-report.ts';
import type { StatementsAhead } from '../../core/resolve/statements-ahead.ts';
import type { WayOut } from '../../core/resolve/ways-out.ts';
import { commandSpan } from '../../core/wording/command-span.ts';
import type { Look } from './look.ts';
import { printable } from './printable.ts';
import { standingLines } from './standing-lines.ts';
import { wrapText } from './wrap-text.ts';

/** One half-applied migration of a tenant: the reason, and every statement. */
export function halfAppliedLines(
  { migration, open, file, label, statements, ahead }: HalfAppliedReport,
  slug: string,
  look: Look,
): string[] {
  const wrap = (text: string) => wrapText(printable(text), look.width, INDENT);
  const last = statements.filter(({ direction }) => direction === undefined).at(-1);
  const state = open.has('down') ? 'half-applied: its down was interrupted' : 'half-applied';
  return [
    ...wrap(`${slug}: ${migration} is ${state}.`),
    ...(label === undefined
      ? []
      : wrap(`${INDENT}Last attempt, ${minuteOf(label.at)}: ${label.message}`)),
    ...standingLines(statements, look),
    ...wrap(
      `${INDENT}${last === undefined ? 'The journal has no statement of its up.' : `The journal ends with statement ${last.number}.`} ${
        file === undefined ? 'The folder lacks its file.' : `Its file: ${file}`
      }`,
    ),
    ...(ahead === undefined ? [] : aheadLines(ahead, slug, wrap)),
  ];
}

/** The remaining statements in full, so that they can be copied. */
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
      ? 'Its file sends no more statements'
      : 'Remaining, as far as that can be predicted without running them';
  return [
    ...(done.length === 0
      ? []
      : wrap(
          `${INDENT}Already in the database, but not in the journal: statement ${done.map(({ number }) => number).join(', ')}.`,
        )),
    ...wrap(`${INDENT}${heading}${left.length === 0 ? '.' : ':'}`),
    ...left.flatMap(({ number, sql }) =>
      // Keeps line breaks: a comment must not swallow the line after it.
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
    ...(cut === undefined ? [] : wrap(`${INDENT}Later statements cannot be predicted: ${cut}.`)),
  ];
}

/** The possible ways out, each with its command; then the impossible ones, each with the reason. */
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
            `${INDENT}Resume it. If it stopped because its file or its values changed, restore them first.`,
          ),
          `${COMMAND}${printable(retry)}`,
        ];
  return [
    'Possible next steps:',
    ...resume,
    ...possible.flatMap((way) => [
      ...wrap(`${INDENT}${titleOf(way, open)} ${way.why}`),
      // Not wrapped, so that it can be copied.
      `${COMMAND}${commandOf(way, migration, resolve)}`,
    ]),
    ...(impossible.length === 0 ? [] : ['Not possible:']),
    ...impossible.flatMap(({ kind, why }) => wrap(`${INDENT}--${kind}: ${why}`)),
  ];
}

/** The tenants of the ways out, as commands name them. */
export interface WaysOutOf {
  /** The words that name them to `migrate:resolve`: a slug, or `--of last --cause 4`. */
  readonly resolve: readonly string[];
  /** The command that resumes them. */
  readonly retry: string;
}

/**
 * The ways out of one tenant.
 *
 * @param onStack `--aws` and the stack, if the commands are for one
 */
export function ofTenant(slug: string, onStack: readonly string[] = []): WaysOutOf {
  return {
    resolve: [slug, ...onStack],
    retry: commandSpan('migrate:tenant', slug, ...onStack),
  };
}

/** The command for a way out. */
function commandOf({ kind, byHand }: WayOut, migration: string, tenants: readonly string[]) {
  const flags = [`--${kind}`, migration, ...(byHand ? ['--by-hand'] : [])];
  return printable(commandSpan('migrate:resolve', ...tenants, ...flags));
}

function titleOf({ kind, byHand }: WayOut, open: ReadonlySet<string>): string {
  const isDown = open.has('down');
  switch (kind) {
    case 'applied':
      return byHand && !isDown ? 'Mark it as applied.' : 'Keep it as applied.';
    case 'retry':
      return 'Start over.';
    case 'revert':
      if (byHand) return 'Mark it as rolled back.';
      return isDown ? 'Resume its down.' : 'Run its down.';
  }
}

const INDENT = '   ';
const COMMAND = '       ';

function minuteOf(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
