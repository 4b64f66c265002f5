/** The examples at the end of a command's help, each as a code span of its own. */
export function examples(...lines: readonly string[]): string {
  return ['', 'Examples:', ...lines.map((line) => `  \`${line}\``)].join('\n');
}
