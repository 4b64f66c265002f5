import type { Argument, Command, Option } from 'commander';
import { createProgram } from '../../src/cli/program.ts';
import { createWiring } from '../../src/cli/wiring/create-wiring.ts';
import { code, markdownTable, prose } from './markdown-table.ts';
import { paperHost } from './paper-host.ts';

/** Every command with its options, defaults and environment variables, as `--help` has them. */
export async function commandsSection(): Promise<string> {
  const app = { host: paperHost(), wiring: createWiring({}), action: () => async () => {} };
  const program = await createProgram(app, 'all');
  const commands = program.commands.filter((command) => command.name() !== 'help');
  const groups = Map.groupBy(commands, (command) => withoutColon(command.helpGroup()));
  return [
    '## Environment and exit codes',
    `\`\`\`text\n${afterHelp(program).join('\n').trim()}\n\`\`\``,
    'Environment variables of single options, each of which a flag overrides:',
    markdownTable(
      ['variable', 'option', 'default'],
      [...environmentOptions(commands)].map(([variable, option]) => [
        code(variable),
        code(option.flags),
        defaultOf(option),
      ]),
    ),
    ...[...groups].flatMap(([heading, members]) => [
      `## ${heading}`,
      ...members.flatMap((command) => describeCommand(command, 'fanfold')),
    ]),
  ].join('\n\n');
}

function describeCommand(command: Command, parent: string): string[] {
  const help = command.createHelp();
  const path = `${parent} ${command.name()}`;
  const below = command.commands.filter((each) => each.name() !== 'help');
  const options = help.visibleOptions(command).filter(({ long }) => long !== '--help');
  const groups = Map.groupBy(options, (option) => withoutColon(option.helpGroupHeading ?? ''));
  const examples = afterHelp(command).flatMap((line) => /^ {2}`?(.+?)`?$/.exec(line)?.[1] ?? []);
  return [
    `### ${path.replace(/^fanfold /, '')}`,
    prose(command.description()),
    `\`\`\`text\n${[path, ...command.registeredArguments.map(argumentTerm), '[options]'].join(' ')}\n\`\`\``,
    ...table(
      ['argument', ''],
      command.registeredArguments
        .filter(({ description }) => description !== '')
        .map((argument) => [
          code(argumentTerm(argument)),
          prose(help.argumentDescription(argument)),
        ]),
    ),
    ...table(
      ['option', '', 'default'],
      [...groups].flatMap(([heading, members]) => [
        ...(groups.size > 1 && heading !== '' ? [[`**${heading}**`, '', '']] : []),
        ...members.map((option) => [code(option.flags), meaningOf(option), defaultOf(option)]),
      ]),
    ),
    ...(examples.length === 0 ? [] : [`\`\`\`sh\n${examples.join('\n')}\n\`\`\``]),
    ...below.flatMap((each) => describeCommand(each, path)),
  ];
}

/** A table, unless it has no rows. */
function table(head: string[], rows: string[][]): string[] {
  return rows.length === 0 ? [] : [markdownTable(head, rows)];
}

/** Many descriptions have the default in brackets, if commander must not set it. */
const DEFAULT = /\s*\(default: ([^)]+)\)/;

function meaningOf({ description, argChoices, envVar }: Option): string {
  const more = [
    ...(argChoices === undefined ? [] : [`one of ${argChoices.map(code).join(', ')}`]),
    ...(envVar === undefined ? [] : [`variable ${code(envVar)}`]),
  ];
  return [prose(description.replace(DEFAULT, '')), ...more].join('; ');
}

function defaultOf({ description, defaultValue, defaultValueDescription }: Option): string {
  if (defaultValueDescription !== undefined) return prose(defaultValueDescription);
  if (defaultValue === undefined || defaultValue === false) {
    return prose(DEFAULT.exec(description)?.[1] ?? '');
  }
  return code(typeof defaultValue === 'string' ? defaultValue : JSON.stringify(defaultValue));
}

/** The first option of each variable: the same one is declared for many commands. */
function environmentOptions(commands: readonly Command[]): Map<string, Option> {
  const options = commands
    .flatMap((command) => [command, ...command.commands])
    .flatMap((command) => command.options);
  const found = new Map<string, Option>();
  for (const option of options) {
    if (option.envVar !== undefined && !found.has(option.envVar)) found.set(option.envVar, option);
  }
  return new Map([...found].toSorted(([one], [other]) => one.localeCompare(other, 'en')));
}

/** The lines that a command's help adds at its end. */
function afterHelp(command: Command): string[] {
  let text = '';
  command.configureOutput({
    ...command.configureOutput(),
    writeOut: (part) => {
      text += part;
    },
  });
  command.outputHelp();
  const whole = text.split('\n');
  const start = whole.findIndex((line) => /^(?:Environment, |Examples:)/.test(line));
  return start === -1 ? [] : whole.slice(start);
}

function argumentTerm(argument: Argument): string {
  const name = argument.variadic ? `${argument.name()}...` : argument.name();
  return argument.required ? `<${name}>` : `[${name}]`;
}

function withoutColon(heading: string): string {
  return heading.replace(/:$/, '');
}
