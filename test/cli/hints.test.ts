import { globSync, readFileSync } from 'node:fs';
import { CommanderError } from 'commander';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { createWiring } from '../../src/cli/wiring/create-wiring.ts';
import { fakeHost } from './support/fake-host.ts';

/** Stands for what is put into a text when it runs: a word, or the end of one that may be empty. */
const FILLED = '\u0001';

const SOURCES = globSync(['src/**/*.ts', 'lambdas/**/*.ts', 'lib/**/*.ts']);

/** Files of which the subject is npm itself, or which copy of a package is run. */
const ABOUT_NPM = [
  'src/cli/options/refuse-swallowed-flags.ts',
  'src/cli/invocation/',
  'src/adapters/local/packages/refuse-other-version.ts',
];

test('only src/cli/invocation determines how the user calls a command', () => {
  const found = SOURCES.filter((file) => !ABOUT_NPM.some((exempt) => file.startsWith(exempt)))
    .flatMap((file) => textsOf(file).map((text) => ({ file, text })))
    .filter(({ text }) => /\b(?:npm|pnpm|yarn|bun) run |npx fanfold/.test(text));
  expect(found).toEqual([]);
});

const hints = SOURCES.filter((file) => !file.startsWith('src/cli/invocation/')).flatMap((file) =>
  commandsOf(file).map((command) => [command, file] as const),
);

test('the sources contain hints', () => {
  expect(hints.length).toBeGreaterThan(80);
});

describe('a command in a hint or an example exists, with the flags that it names', () => {
  test.each(hints)('the hint `fanfold %s` in %s is a valid command', async (command) => {
    expect(await complaintOf(command)).toBeUndefined();
  });

  test.each([
    ['migrate:tennant acme', "error: unknown command 'migrate:tennant'"],
    ['migrate:tenant acme --two x', "error: unknown option '--two'"],
    ['migrate:make', "error: missing required argument 'name'"],
    ['tenant:add --slug acme', "error: required option '--host <host>' not specified"],
  ])('the hint `fanfold %s` would be refused', async (command, complaint) => {
    expect(await complaintOf(command)).toContain(complaint);
  });
});

/** The program's error for a command line; `undefined` if it accepts it. */
async function complaintOf(command: string): Promise<string | undefined> {
  const host = fakeHost();
  const app = { host, wiring: createWiring({}), action: () => async () => {} };
  const program = await createProgram(app, 'all');
  try {
    await program.parseAsync(wordsOf(command), { from: 'user' });
    return undefined;
  } catch (error) {
    // An error about the surroundings, such as an environment that this project lacks.
    if (!(error instanceof CommanderError)) return undefined;
    const { code, message, exitCode } = error;
    // A placeholder takes the place of a number.
    if (exitCode === 0 || (code === 'commander.invalidArgument' && /<\w+>/.test(command))) {
      return undefined;
    }
    return message;
  }
}

/** The words as a shell hands them over; an ellipsis stands for more of them. */
function wordsOf(command: string): string[] {
  const words = command.replaceAll('\\\n', ' ').match(/"[^"]*"|'[^']*'|\S+/g) ?? [];
  const end = words.findIndex((word) => ['<', '>', '>>', '|', '…'].includes(word));
  return words
    .slice(0, end === -1 ? undefined : end)
    .map((word) => word.replaceAll(/^["']|["']$/g, ''));
}

/** Command lines in the code spans and examples of a file, and those that `commandSpan` makes. */
function commandsOf(file: string): string[] {
  const inTexts = textsOf(file).flatMap((text) =>
    [...text.matchAll(/(?:`|^)(?:\w+=\S+ )*fanfold ([a-z][^`]*)(?:`|$)/g)].map(
      ([, command = '']) => command,
    ),
  );
  const made = callsOf(file).map((words) => words.join(' '));
  const named = [...inTexts, ...made].filter((command) => !command.startsWith(FILLED));
  return [...new Set(named.map(filled))];
}

function filled(command: string): string {
  return command
    .replaceAll(new RegExp(`(^|\\s)${FILLED}(?=\\s|$)`, 'g'), '$1x')
    .replaceAll(FILLED, '');
}

/** The texts of a file. */
function textsOf(file: string): string[] {
  return nodesOf(file).flatMap((node) => textOf(node) ?? []);
}

function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  return node.head.text + node.templateSpans.map(({ literal }) => FILLED + literal.text).join('');
}

/** The literal arguments of calls of `commandSpan`. */
function callsOf(file: string): string[][] {
  return nodesOf(file).flatMap((node) => {
    if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression)) return [];
    const name = node.expression.text;
    const [command, ...rest] = node.arguments.map((argument) =>
      ts.isSpreadElement(argument) ? '' : (textOf(argument) ?? FILLED),
    );
    if (command === undefined || command === FILLED) return [];
    if (name === 'commandSpan') return [[command, ...rest]];
    if (name !== 'remoteCommand') return [];
    const [id = '', stack = '', ...flags] = rest;
    return [[command, id, '--aws', stack, ...flags]];
  });
}

function nodesOf(file: string): ts.Node[] {
  const nodes: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    nodes.push(node);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ESNext));
  return nodes;
}
