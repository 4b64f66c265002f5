import { COMMAND_SPAN } from './command-span.ts';
import { shellWord } from './shell-word.ts';

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

/** A command, without `fanfold`, as it is typed for a stack: with `--aws` and its name, if the command takes that. */
export function commandOnStack(words: string, stack: string): string {
  return withStack(INSTEAD.get(words) ?? words, shellWord(stack));
}

/**
 * The same data with the commands in all its texts as they are typed for a stack. Functions of a stack use it for what
 * people read in the console, in a report or in a chat, as it is.
 *
 * @param stack the name that `--aws` takes; undefined if the function was not told one
 */
export function wordsOnStack<Data>(data: Data, stack: string | undefined): Data {
  return stack === undefined ? data : (mapped(data, stack) as Data);
}

function mapped(data: unknown, stack: string): unknown {
  if (typeof data === 'string') {
    if (!data.includes('fanfold ')) return data;
    return data.replace(COMMAND_SPAN, (_, setTwo, wordsTwo, setOne, wordsOne) => {
      const fence = wordsTwo === undefined ? '`' : '``';
      const typed = commandOnStack(wordsTwo ?? wordsOne, stack);
      return `${fence}${setTwo ?? setOne ?? ''}fanfold ${typed}${fence}`;
    });
  }
  if (Array.isArray(data)) return data.map((each) => mapped(each, stack));
  if (data === null || typeof data !== 'object' || !isPlain(data)) return data;
  return Object.fromEntries(Object.entries(data).map(([key, each]) => [key, mapped(each, stack)]));
}

function isPlain(data: object): boolean {
  return [Object.prototype, null].includes(Object.getPrototypeOf(data));
}

function withStack(words: string, stack: string): string {
  const [command = '', part = ''] = words.split(' ', 2);
  const isThere = COMMANDS_ON_STACK.has(command) || COMMANDS_ON_STACK.has(`${command} ${part}`);
  if (!isThere || ONLY_HERE.test(words)) return words;
  if (/\s--aws[ =]/.test(words)) return words.replace(' --aws <stack>', () => ` --aws ${stack}`);
  const [, line = '', redirection = ''] = /^(.*?)( (?:[<>|]|&&) .*)?$/s.exec(words) ?? [];
  return `${line} --aws ${stack}${redirection}`;
}
