import { commandOnStack } from '../../core/wording/on-stack.ts';
import type { Invocation } from './invocation.ts';

/**
 * The stack that a command line names with `--aws`; `undefined` if it names none.
 *
 * @param argv the words after the program's name
 */
export function stackOf(argv: readonly string[]): string | undefined {
  for (const [at, word] of argv.entries()) {
    if (word === '--') return undefined;
    if (word === '--aws') return argv[at + 1];
    if (word.startsWith('--aws=')) return word.slice('--aws='.length);
  }
  return undefined;
}

/**
 * Shows commands as somebody types them who reaches the fleet by a stack: with `--aws` and its name, if the command takes
 * that. Texts need not know where they are read.
 */
export function onStack({ commandLine }: Invocation, stack: string): Invocation {
  return { commandLine: (words) => commandLine(commandOnStack(words, stack)) };
}
