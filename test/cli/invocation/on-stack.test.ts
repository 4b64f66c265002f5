import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { canonicalInvocation } from '../../../src/cli/invocation/invocation.ts';
import { onStack, stackOf } from '../../../src/cli/invocation/on-stack.ts';
import type { Host } from '../../../src/cli/process/host.ts';
import { createProgram } from '../../../src/cli/program.ts';
import type { Wiring } from '../../../src/cli/wiring/create-wiring.ts';
import { COMMANDS_ON_STACK, wordsOnStack } from '../../../src/core/wording/on-stack.ts';

/** Every command of the program, with the words of a part of one. */
const program = await createProgram(
  {
    // Only the help is written, and nobody reads it.
    host: { invocation: canonicalInvocation, stdout: process.stdout } as unknown as Host,
    wiring: {} as Wiring,
    action: () => async () => {},
  },
  'all',
);
const COMMANDS = new Map<string, Command>(
  program.commands.flatMap((command): [string, Command][] =>
    command.commands.length === 0
      ? [[command.name(), command]]
      : command.commands.map((part) => [`${command.name()} ${part.name()}`, part]),
  ),
);
// That of tenant:list only says where the run of --of is: the tenants are read from here.
const takes = (command: Command | undefined, flag: string) =>
  !(flag === '--aws' && command?.name() === 'tenant:list') &&
  command?.options.some(({ long, short }) => long === flag || short === flag) === true;
const shown = (words: string) => onStack(canonicalInvocation, 'Prod').commandLine(words);

/** Commands in the texts of the sources: code spans, and calls that make one. */
function commandsInSources(): string[] {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.ts') && !file.includes('cli/invocation'))
    .flatMap((file) => {
      const text = readFileSync(join('src', file), 'utf8');
      const spans = [...text.matchAll(/`fanfold ([a-z]+(?::[a-z-]+)?(?: [^`$\\]*)?)\\?`/g)];
      // Those that name a stack themselves have it from a variable.
      const calls = [...text.matchAll(/commandSpan\(\s*'([a-z:-]+)'((?:,\s*'(?!--aws)[^']+')*)/g)];
      return [
        ...spans.map(([, words = '']) => words.trim()),
        ...calls.map(([, name = '', more = '']) =>
          [name, ...[...more.matchAll(/'([^']+)'/g)].map(([, word = '']) => word)].join(' '),
        ),
      ];
    });
}

test('the commands that take --aws are those of the program', () => {
  const taking = [...COMMANDS].filter(([, command]) => takes(command, '--aws'));
  expect([...COMMANDS_ON_STACK].sort()).toEqual(taking.map(([name]) => name).sort());
});

const ALL = [...new Set(commandsInSources())].sort();

test('there are texts that name commands', () => {
  expect(ALL.length).toBeGreaterThan(50);
});

test.each(ALL)('the command `%s` is shown on a stack as it can be typed there', (words) => {
  const typed = shown(words).replace(/^fanfold /, '');
  const [first = '', second = ''] = typed.split(' ');
  const command = COMMANDS.get(first) ?? COMMANDS.get(`${first} ${second}`);
  const flags: string[] = typed.match(/(?<=\s)--[a-z-]+/g) ?? [];
  expect(new Set(flags).size).toBe(flags.length);
  if (command === undefined) return expect(typed).toBe(words);
  for (const flag of flags) {
    expect([flag, flag === '--help' || takes(command, flag)]).toEqual([flag, true]);
  }
  const isLocal = /--(?:help|check-data|forecast|sql)\b/.test(words);
  expect(flags.includes('--aws')).toBe(takes(command, '--aws') && !isLocal);
});

test.each([
  ['migrate:tenant acme-corp', 'migrate:tenant acme-corp --aws Prod'],
  ['runs show r1 --tenants', 'runs show r1 --tenants --aws Prod'],
  ['tenant:password <slug> < password.txt', 'tenant:password <slug> --aws Prod < password.txt'],
  ['migrate:retry r1 --aws Other', 'migrate:retry r1 --aws Other'],
  ['stop r1 --aws <stack>', 'stop r1 --aws Prod'],
  ['migrate:plan --check-data', 'migrate:plan --check-data'],
  ['tenant:list', 'migrate:status --verbose --aws Prod'],
  ['tenant:list --of last', 'tenant:list --of last'],
  ['approve', 'approve --aws Prod'],
])('`fanfold %s` becomes `fanfold %s`', (words, expected) => {
  expect(shown(words)).toBe(`fanfold ${expected}`);
});

test.each(ALL)(
  'the command `%s` is named by functions as the command line shows it on a stack',
  (words) => {
    // The sources have it inside a template.
    if (words.includes('${')) return;
    const fence = words.includes('`') ? '``' : '`';
    const [before, after] = [`Run ${fence}fanfold `, `${fence} now.`];
    const told = wordsOnStack(`${before}${words}${after}`, 'Prod');
    expect(told).toBe(`Run ${fence}${shown(words)}${after}`);
    // A text may pass through several functions.
    expect(wordsOnStack(told, 'Prod')).toBe(told);
  },
);

test('functions name the stack in all texts of what they tell, and leave other data as it is', () => {
  const at = new Date();
  const data = {
    notes: [
      { code: 'x', message: 'a ``A=1 fanfold follow last`` b `fanfold stop r1 --aws <stack>`' },
    ],
    ...{
      count: 1,
      none: null,
      missing: undefined,
      at,
      text: 'the `fanfold_journal` of fanfold follow',
    },
  };
  expect(wordsOnStack(data, 'Prod/eu')).toEqual({
    ...data,
    notes: [
      {
        code: 'x',
        message: 'a ``A=1 fanfold follow last --aws Prod/eu`` b `fanfold stop r1 --aws Prod/eu`',
      },
    ],
  });
  expect(wordsOnStack(data, undefined)).toBe(data);
});

test('the name of a stack is quoted for a shell', () => {
  const { commandLine } = onStack(canonicalInvocation, '$(rm)');
  expect(commandLine('follow last')).toBe("fanfold follow last --aws '$(rm)'");
  expect(commandLine('stop r1 --aws <stack>')).toBe("fanfold stop r1 --aws '$(rm)'");
});

test.each([
  [['follow', 'last', '--aws', 'Prod'], 'Prod'],
  [['follow', '--aws=Prod/eu', 'last'], 'Prod/eu'],
  [['follow', 'last'], undefined],
  [['follow', '--aws'], undefined],
  [['migrate:tenant', '--', '--aws', 'Prod'], undefined],
])('%j names the stack %s', (argv, stack) => {
  expect(stackOf(argv)).toBe(stack);
});
