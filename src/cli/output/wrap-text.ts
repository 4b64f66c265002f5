import stringWidth from 'string-width';
import { takeColumns } from './cut-to-width.ts';

/** Narrower than this nothing readable comes out; a terminal that small scrolls anyway. */
const MINIMUM_WIDTH = 20;

/**
 * Breaks a paragraph at spaces into lines of at most `width` columns; `Infinity` leaves it on one
 * line. Every line after the first starts with `indent`. What stands between backticks, such as a
 * command to type, is one word; a word that is wider than a line is broken, but for a command of ours:
 * a terminal wraps it itself, and it can be copied whole.
 */
export function wrapText(text: string, width: number, indent = ''): string[] {
  const columns = Math.max(width, MINIMUM_WIDTH);
  if (stringWidth(text) <= columns) return [text];
  const lines: string[] = [];
  let line = leadingSpaces(text);
  let empty = true;
  for (const word of wordsOf(text)) {
    const candidate = empty ? line + word : `${line} ${word}`;
    if (stringWidth(candidate) <= columns) {
      line = candidate;
      empty = false;
      continue;
    }
    if (!empty) {
      lines.push(line);
      line = indent;
    }
    let rest = word;
    while (stringWidth(line + rest) > columns && !isCommand(word)) {
      const head = takeColumns(rest, columns - stringWidth(line)) || rest;
      lines.push(line + head);
      rest = rest.slice(head.length);
      line = indent;
    }
    line += rest;
    empty = rest === '';
  }
  if (!empty) lines.push(line);
  return lines;
}

function isCommand(word: string): boolean {
  return /`(?:\w+=\S+ )*fanfold /.test(word);
}

/** Spaces that an even number of backticks follows are outside of them. */
const SPACE_OUTSIDE_BACKTICKS = / (?=(?:[^`]*`[^`]*`)*[^`]*$)/;

function wordsOf(text: string): string[] {
  const balanced = text.split('`').length % 2 === 1;
  return text.split(balanced ? SPACE_OUTSIDE_BACKTICKS : ' ').filter((word) => word !== '');
}

function leadingSpaces(text: string): string {
  return text.slice(0, text.length - text.trimStart().length);
}
