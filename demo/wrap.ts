/** The longest line, even in a wide terminal, because shorter lines read better. */
export const LINE_WIDTH = 78;

/** Breaks each line of a text at blanks; further lines of a list item are indented as its text is. */
export function wrap(text: string): string {
  return text.split('\n').flatMap(wrapLine).join('\n');
}

function wrapLine(text: string): string[] {
  const indent = ' '.repeat(/^ *(- )?/.exec(text)?.[0].length ?? 0);
  const [first = '', ...words] = text.trimStart().split(' ');
  const lines: string[] = [];
  let line = text.slice(0, text.length - text.trimStart().length) + first;
  for (const word of words) {
    if (line.length + 1 + word.length <= LINE_WIDTH) {
      line += ` ${word}`;
    } else {
      lines.push(line);
      line = indent + word;
    }
  }
  return [...lines, line];
}
