/** The examples at the end of a command's help; each is a code span. */
export function examples(...lines: readonly string[]): string {
  return ['', 'Examples:', ...lines.map((line) => `  \`${line}\``)].join('\n');
}
