import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OPTIONS as FLEET_OPTIONS } from '../../bench/fleet/options.ts';
import { OPTIONS as BENCH_OPTIONS } from '../../bench/options.ts';
import { PROJECT_DOCUMENTS } from '../../scripts/project-pages.ts';
import { paperHost } from '../../scripts/reference/paper-host.ts';
import { createProgram } from '../../src/cli/program.ts';
import { createWiring } from '../../src/cli/wiring/create-wiring.ts';
import { HARNESS_OPTIONS } from '../chaos/differential/harness-options.ts';

const PAGES = [
  'README.md',
  ...Object.values(PROJECT_DOCUMENTS),
  // Other pages are written when the site is built.
  ...globSync('docs/**/*.md').filter((page) => !/^docs\/(?:reference\/api|project)\//.test(page)),
];

/** The product of the tutorials, whose scripts they call. */
const EXAMPLE = 'examples/from-the-guide/backend/package.json';

function scriptsOf(path: string): object {
  return (JSON.parse(readFileSync(path, 'utf8')) as { scripts: object }).scripts;
}

const OPTIONS_BY_COMMAND = await optionsByCommand();

describe.each(PAGES)('%s', (page) => {
  const text = readFileSync(page, 'utf8');

  it(`${page} links to existing files`, () => {
    const links = [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(
      ([, target]) => target ?? '',
    );
    expect(links.filter((link) => !existsSync(join(dirname(page), link)))).toEqual([]);
  });

  it(`${page} names npm scripts that exist`, () => {
    const own = join(dirname(page), 'package.json');
    const scripts = {
      ...scriptsOf('package.json'),
      ...scriptsOf(EXAMPLE),
      ...(existsSync(own) && scriptsOf(own)),
    };
    const named = [...text.matchAll(/npm run ([a-z:-]+)/g)].map(([, script]) => script ?? '');
    expect(named.filter((script) => !(script in scripts) && script !== 'migrate:…')).toEqual([]);
  });

  it(`${page} names options that a command accepts`, () => {
    expect(strangeOptions(text)).toEqual([]);
  });
});

it('an option that its command does not accept is found', () => {
  expect(strangeOptions('Type `npm run tenant:list -- --canary acme --json`.')).toEqual([
    'tenant:list --canary',
  ]);
  expect(strangeOptions('npm run bench -- --rounds 5 --max-per-host 2 # or so')).toEqual([
    'bench --max-per-host',
  ]);
  expect(strangeOptions('fanfold tenant:add --slug a \\\n  --databse b')).toEqual([
    'tenant:add --databse',
    '--databse',
  ]);
  expect(strangeOptions('With `--max-per-hosts`, or `--help`.')).toEqual(['--max-per-hosts']);
});

/**
 * Options in a text that nothing takes: after a command those that it lacks, elsewhere those that
 * every command lacks.
 */
function strangeOptions(text: string): string[] {
  const commands = OPTIONS_BY_COMMAND;
  const known = new Set([...commands.values()].flatMap((options) => [...options]));
  // Other programs have options of their own.
  const lines = text
    .replaceAll('\\\n', ' ')
    .replaceAll(
      /^(?:aws|docker|kubectl|npm install) .*$|`npm install [^`]*`|NODE_OPTIONS=\S+/gm,
      '',
    );
  const behindCommands = [...lines.matchAll(/(?:npm run|fanfold) ([a-z:-]+)([^`#\n]*)/g)].flatMap(
    ([, command = '', rest = '']) =>
      optionsIn(rest)
        .filter((option) => commands.get(command)?.has(option) !== true)
        .map((option) => `${command} ${option}`),
  );
  return [...behindCommands, ...optionsIn(lines).filter((option) => !known.has(option))];
}

function optionsIn(text: string): string[] {
  return text.match(/(?<![\w-])--[a-z][a-z-]+/g) ?? [];
}

async function optionsByCommand(): Promise<Map<string, Set<string>>> {
  const wiring = createWiring({});
  const app = { host: paperHost(), wiring, action: () => async () => {} };
  const program = await createProgram(app, 'all');
  const flags = program.commands.map((command): [string, string[]] => [
    command.name(),
    [command, ...command.commands].flatMap(({ options }) =>
      options.flatMap(({ long }) => long ?? []),
    ),
  ]);
  const scripts = Object.entries({
    bench: BENCH_OPTIONS,
    'bench:fleet': FLEET_OPTIONS,
    'test:chaos': HARNESS_OPTIONS,
  }).map(([name, options]): [string, string[]] => [
    name,
    Object.keys(options).map((each) => `--${each}`),
  ]);
  return new Map(
    // Commander adds the option for help to each.
    [...flags, ...scripts].map(([name, options]) => [name, new Set([...options, '--help'])]),
  );
}
