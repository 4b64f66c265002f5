import type { Standing, StatementStanding } from '../../core/half-applied.ts';
import { cutToWidth } from './cut-to-width.ts';
import type { Look } from './look.ts';
import { printable } from './printable.ts';

/**
 * One line per statement: its number, its state, and as much of its text as fits. `->` marks the statement at
 * which the last attempt stopped; statements of a `down` are marked as such. A gap in the numbers is printed,
 * because a short list could be mistaken for a complete one.
 */
export function standingLines(statements: readonly StatementStanding[], look: Look): string[] {
  const width = Math.max(0, ...statements.map((each) => wordOf(each).length));
  return statements.flatMap((each, index) => {
    const { number, text, now, stoppedHere, direction } = each;
    const place = `${stoppedHere === true ? '->' : '  '} ${direction === 'down' ? 'down ' : ''}${String(number).padStart(3)}`;
    const lines = [`${place}  ${wordOf(each).padEnd(width)}  ${printable(text)}`];
    if (now !== undefined) {
      lines.push(`${' '.repeat(place.length)}  ${'now'.padEnd(width)}  ${printable(now)}`);
    }
    const left = gapBefore(each, statements[index - 1]);
    if (left > 0) lines.unshift(`${' '.repeat(place.length)}  ... ${left} more, not listed here`);
    return lines.map((line) => cutToWidth(` ${line}`, look.width));
  });
}

function wordOf({ standing, leavesNothing }: StatementStanding): string {
  return leavesNothing === true && standing === 'applied' ? 'leaves nothing' : WORDS[standing];
}

const WORDS: Record<Standing, string> = {
  applied: 'applied',
  'applied, with other values': 'applied, with other values',
  'applied, by another text': 'applied, by another text',
  undone: 'undone',
  'not applied': 'not applied',
  'not known': 'not known',
};

/** The number of statements that are not shown before this one; the journal itself has no gaps. */
function gapBefore(statement: StatementStanding, before: StatementStanding | undefined): number {
  const isNext = before?.direction === statement.direction;
  return isNext && before !== undefined ? statement.number - before.number - 1 : 0;
}
