import { shellWord } from '../../core/wording/shell-word.ts';
import type { Invocation } from './invocation.ts';

/** Commands that take `--aws`, with the words of a part of one. A test compares them with the program. */
export const COMMANDS_ON_STACK: ReadonlySet<string> = new Set([
  ...[
    'migrate:all-tenants',
    'migrate:tenant',
    'migrate:plan',
    'migrate:retry',
    'migrate:backfills',
  ],
  ...['migrate:rollback-run', 'migrate:rollback-tenants', 'runs list', 'runs show'],
  ...['follow', 'stop', 'throttle', 'pause', 'resume', 'approve', 'reject'],
  ...['migrate:status', 'migrate:doctor', 'migrate:resolve'],
  ...['tenant:provision', 'tenant:move', 'tenant:password', 'tenant:rotate-password'],
  'secrets:rotate',
]);

/** Commands that read the central database from here, and those that have a function of the stack show the same. */
const INSTEAD: ReadonlyMap<string, string> = new Map([['tenant:list', 'migrate:status --verbose']]);

/** Options that look at something which only this machine has, so that `--aws` is refused beside them. */
const ONLY_HERE = /(?:^|\s)--(?:help|check-data|forecast|sql|scratch|scratch-url)\b/;

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
  return {
    commandLine: (words) => commandLine(withStack(INSTEAD.get(words) ?? words, shellWord(stack))),
  };
}

function withStack(words: string, stack: string): string {
  const [command = '', part = ''] = words.split(' ', 2);
  const isThere = COMMANDS_ON_STACK.has(command) || COMMANDS_ON_STACK.has(`${command} ${part}`);
  if (!isThere || ONLY_HERE.test(words)) return words;
  if (/\s--aws[ =]/.test(words)) return words.replace(' --aws <stack>', () => ` --aws ${stack}`);
  const [, line = '', redirection = ''] = /^(.*?)( (?:[<>|]|&&) .*)?$/s.exec(words) ?? [];
  return `${line} --aws ${stack}${redirection}`;
}
