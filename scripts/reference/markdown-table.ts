/** A Markdown table. Cells are Markdown already; a pipe in one is escaped. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`.replaceAll(
      / {2,}(?=\|)/g,
      ' ',
    );
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** A code span, also of a text with backticks; an empty cell stays empty. */
export function code(text: string): string {
  return text === '' ? '' : `\`${text}\``;
}

/**
 * A text of the program as Markdown: what looks like a tag or a template is kept from being read as one by
 * the site, outside of code spans.
 */
export function prose(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part, index) =>
      index % 2 === 1 ? part : part.replaceAll('<', '&lt;').replaceAll('{{', '&#123;&#123;'),
    )
    .join('');
}
