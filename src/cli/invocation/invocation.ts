/** How the user calls us. */
export interface Invocation {
  /** The command line for `fanfold <words>`; `words` may contain any shell syntax. */
  commandLine(words: string): string;
}

/** `fanfold …`, as it is written in all texts. */
export const canonicalInvocation: Invocation = { commandLine: (words) => `fanfold ${words}` };
