import type { StatementStanding } from '../../core/half-applied.ts';
import { cutToWidth } from './cut-to-width.ts';
import type { Look } from './look.ts';
import { printable } from './printable.ts';

const WORDS: Record<StatementStanding['standing'], string> = {
  applied: 'applied    ',
  'not applied': 'not applied',
  'not known': 'not known  ',
};

/** A line a statement: its number, whether it is applied, and its text as far as there is room. */
export function standingLines(statements: readonly StatementStanding[], look: Look): string[] {
  return statements.map(({ number, text, standing }) => {
    const line = `   ${String(number).padStart(3)}  ${WORDS[standing]}  ${printable(text)}`;
    return cutToWidth(line, look.width);
  });
}
