import sliceAnsi from 'slice-ansi';
import stringWidth from 'string-width';

/** Narrower lines would not be readable; a terminal that small scrolls anyway. */
const MINIMUM_WIDTH = 20;

/**
 * Breaks a paragraph at spaces into lines of at most `width` columns; `Infinity` leaves it on one line. Every
 * line after the first starts with `indent`. A code span, such as a command to type, counts as one word. A
 * word that is wider than a line is broken, unless people copy it: the terminal wraps that by itself.
 *
 * The wrap-ansi package is not used because it normalizes Unicode: a slug that is copied from an error would
 * no longer be the one in the database. It also has no hanging indent and cannot keep a command whole.
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
    while (stringWidth(line + rest) > columns && !isCopied(word)) {
      const head = sliceAnsi(rest, 0, columns - stringWidth(line)) || rest;
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

/**
 * Breaks a finished line that is too wide at its spaces. It never breaks a word, which may be colored.
 *
 * @param shown the text as it will be printed, which may be wider: commands are shown as the user types them
 */
export function fitLine(line: string, width: number, shown: (text: string) => string): string[] {
  if (stringWidth(shown(line)) <= width) return [line];
  const spaces = leadingSpaces(line);
  const indent = spaces === '' ? '   ' : `${spaces}  `;
  const lines: string[] = [];
  let words = spaces;
  let empty = true;
  for (const word of wordsOf(line)) {
    const candidate = empty ? words + word : `${words} ${word}`;
    if (empty || stringWidth(shown(candidate)) <= width) words = candidate;
    else {
      lines.push(words);
      words = indent + word;
    }
    empty = false;
  }
  return [...lines, words];
}

/** Whether a word is for copying: a command of ours, an address or an absolute path. */
function isCopied(word: string): boolean {
  return /`(?:\w+=\S+ )*fanfold |^["'(]?(?:https?:\/\/|\/[\w.-]+\/)/.test(word);
}

/** Spaces outside of code spans: an even number of backticks follows them. */
const SPACE_OUTSIDE_BACKTICKS = / (?=(?:[^`]*`[^`]*`)*[^`]*$)/;

function wordsOf(text: string): string[] {
  const balanced = text.split('`').length % 2 === 1;
  return text.split(balanced ? SPACE_OUTSIDE_BACKTICKS : ' ').filter((word) => word !== '');
}

function leadingSpaces(text: string): string {
  return text.slice(0, text.length - text.trimStart().length);
}
