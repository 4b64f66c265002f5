/** How the user of this process calls us. */
export interface Invocation {
  /** The command line that does what `fanfold <words>` does; `words` may be anything a shell takes. */
  commandLine(words: string): string;
}

/** `fanfold …`, as every text has it. */
export const canonicalInvocation: Invocation = { commandLine: (words) => `fanfold ${words}` };
