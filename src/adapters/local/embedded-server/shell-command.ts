/** A command and its arguments as one line for a POSIX shell. */
export function shellCommand(command: readonly string[]): string {
  return command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
}
