import sliceAnsi from 'slice-ansi';
import stringWidth from 'string-width';
import { fitToWidth } from './cut-to-width.ts';
import { printable } from './printable.ts';
import { wrapText } from './wrap-text.ts';

const INDENT = '    ';
const GAP = ' │ ';

/** The width without a terminal, at which both texts of most definitions fit on one line. */
const USUAL = 120;

/** Characters of equal text that stay around the place at which two long texts differ. */
const AROUND = 40;

/** Two texts in two columns; what long texts have in common at their beginning and end is cut. */
export function sideBySide(
  one: string | undefined,
  other: string | undefined,
  width: number,
): string[] {
  const whole = Number.isFinite(width) ? width : USUAL;
  const column = Math.max(20, Math.floor((whole - INDENT.length - GAP.length) / 2));
  const [left, right] = withoutCommon(one, other).map((text) => linesOf(text, column)) as [
    string[],
    string[],
  ];
  return Array.from({ length: Math.max(left.length, right.length) }, (_, at) =>
    `${INDENT}${fitToWidth(left[at] ?? '', column)}${GAP}${right[at] ?? ''}`.trimEnd(),
  );
}

function linesOf(text: string, column: number): string[] {
  return wrapText(printable(text), column).flatMap((line) => broken(line, column));
}

/** A word of a definition may be wider than a column. */
function broken(line: string, column: number): string[] {
  const lines: string[] = [];
  let rest = line;
  while (stringWidth(rest) > column) {
    const head = sliceAnsi(rest, 0, column);
    lines.push(head);
    rest = rest.slice(head.length);
  }
  return [...lines, rest];
}

const MISSING = '(missing)';

function withoutCommon(one: string | undefined, other: string | undefined): [string, string] {
  if (one === undefined || other === undefined) return [one ?? MISSING, other ?? MISSING];
  const most = Math.min(one.length, other.length);
  let start = 0;
  while (start < most && one[start] === other[start]) start += 1;
  let end = 0;
  while (end < most - start && one.at(-1 - end) === other.at(-1 - end)) end += 1;
  const cut = (text: string) => {
    const from = start > 2 * AROUND ? start - AROUND : 0;
    const to = end > 2 * AROUND ? text.length - end + AROUND : text.length;
    return `${from > 0 ? '… ' : ''}${text.slice(from, to)}${to < text.length ? ' …' : ''}`;
  };
  return [cut(one), cut(other)];
}
