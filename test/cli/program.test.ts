import { describe, expect, test } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import { fakeFleet } from './support/fake-fleet.ts';
import { type FakeHost, type FakeHostOptions, fakeHost } from './support/fake-host.ts';

const COMMANDS = [
  'init',
  'config',
  'migrate:make',
  'migrate:lint',
  'migrate:rehearse',
  'migrate:snapshot',
  'migrate:plan',
  'migrate:tenant',
  'migrate:database',
  'migrate:all-tenants',
  'migrate:backfills',
  'migrate:status',
  'migrate:retry',
  'approve',
  'reject',
  'pause',
  'resume',
  'throttle',
  'runs',
  'fleet:shapes',
  'fleet:drift',
  'fleet:kept',
  'migrate:rollback-run',
  'migrate:rollback-tenants',
  'migrate:doctor',
  'migrate:resolve',
  'migrate:baseline',
  'follow',
  'stop',
  'tenant:list',
  'tenant:provision',
  'tenant:pool',
  'tenant:add',
  'tenant:move',
  'tenant:status',
  'tenant:password',
  'tenant:rotate-password',
  'migrate:latest',
  'migrate:rollback',
  'secrets:encrypt',
  'secrets:rotate',
  'schema',
  'completion',
];

async function run(
  argv: readonly string[],
  options: FakeHostOptions = {},
): Promise<{ host: FakeHost; exitCode: number; attempts: readonly string[] }> {
  const host = fakeHost(options);
  const { wiring, attempts } = await fakeFleet([{ slug: 'acme' }]);
  return { host, exitCode: await runCli(argv, host, () => wiring), attempts };
}

describe('help', () => {
  test('the help names every command', async () => {
    const { host, exitCode } = await run(['--help']);
    for (const command of COMMANDS) expect(host.out).toContain(`  ${command} `);
    expect(exitCode).toBe(0);
    expect(host.err).toBe('');
  });

  test.each(COMMANDS)(
    'the help of %s has examples that the command line accepts',
    async (command) => {
      const { host, exitCode } = await run([command, '--help']);
      const [usage = '', examples = ''] = host.out.split('\nExamples:\n');
      expect(usage).toContain(`Usage: fanfold ${command}`);
      expect(examples).toMatch(new RegExp(`fanfold ${command}`));
      expect(exitCode).toBe(0);
      const flags = examples.match(/(?<= )--[a-z-]+/g) ?? [];
      for (const flag of flags) expect(usage).toContain(flag);
    },
  );

  test.each(['', ...COMMANDS])('the help of "%s" fits into 80 columns', async (command) => {
    const argv = [...(command === '' ? [] : [command]), '--help'];
    const { host } = await run(argv, { columns: 80 });
    expect(host.out.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test('a command line without a command prints the help on standard error and is a usage error', async () => {
    const { host, exitCode } = await run([]);
    expect(host.out).toBe('');
    expect(host.err).toContain('Usage: fanfold <command>');
    expect(exitCode).toBe(2);
  });

  test('the program has every command, and a description for every option', async () => {
    const { wiring } = await fakeFleet([]);
    const app = { host: fakeHost(), wiring, action: () => async () => {} };
    const program = await createProgram(app, 'all');
    expect(program.commands.map((command) => command.name())).toEqual(COMMANDS);
    const options = program.commands.flatMap((command) => command.options);
    expect(options.filter(({ description }) => description === '')).toEqual([]);
  });
});

describe('a wrong command line', () => {
  test.each([
    ['an unknown command', ['migrate-tenant', 'acme'], 'Did you mean migrate:tenant?'],
    ['another one', ['migrate:all'], "unknown command 'migrate:all'"],
    [
      'an unknown flag',
      ['migrate:all-tenants', '--concurency', '3'],
      'Did you mean --concurrency?',
    ],
    ['a missing argument', ['migrate:tenant'], "missing required argument 'slug|id'"],
    ['one argument too many', ['migrate:all-tenants', 'acme'], 'too many arguments'],
    ['a missing option', ['tenant:add', '--slug', 'a'], "required option '--host <host>'"],
    [
      'a number that is none',
      ['migrate:all-tenants', '--concurrency', '1.5'],
      'It must be a whole number from 1 to 10,000, or auto.',
    ],
    [
      'a number out of range',
      ['migrate:all-tenants', '--max-per-host', '0'],
      'It must be a whole number of at least 1.',
    ],
    ['a share above all', ['migrate:all-tenants', '--canary', '101%'], 'at most 100%'],
    ['a share of nothing', ['migrate:all-tenants', '--waves', '5,0'], 'each above 0'],
    ['an empty part', ['migrate:all-tenants', '--hosts', 'a,,b'], 'without empty entries'],
    [
      'a tolerance that is none',
      ['migrate:all-tenants', '--tolerated-failures', 'few'],
      'such as 2%',
    ],
    ['a choice that is none', ['migrate:status', '--tls', 'on'], 'auto, required, off'],
    [
      'an unknown status',
      ['tenant:status', 'acme', 'paused'],
      'expected one of PROVISIONING, ACTIVE',
    ],
    ['no run', ['migrate:retry'], 'There is no run that can be retried.'],
    ['an unknown run', ['migrate:retry', 'nosuch'], 'nosuch'],
    ['an unknown tenant', ['migrate:tenant', 'nosuch'], 'No tenant has the slug or id "nosuch".'],
  ])('%s on the command line is explained and ends with 2', async (_, argv, message) => {
    const { host, exitCode, attempts } = await run(argv);
    expect(host.err).toContain(message);
    expect(host.err).toMatch(/^Error: /m);
    expect(host.err).not.toMatch(/\n {4}at /);
    expect(exitCode).toBe(2);
    expect(attempts).toEqual([]);
  });

  test('a wrong command line cannot send escape sequences to the terminal', async () => {
    const { host } = await run(['\u001b]0;owned\u0007']);
    expect(host.err).toContain("unknown command '\\x1b]0;owned\\x07'");
  });

  test('the error of a wrong command line is wrapped to the width of the terminal', async () => {
    const { host } = await run(['migrate:all-tenants', '--tolerated-failures', 'x'.repeat(60)], {
      columns: 80,
    });
    expect(host.err.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });
});

describe('flags that npm keeps for itself', () => {
  const env = {
    npm_lifecycle_event: 'migrate:all-tenants',
    npm_config_canary: 'true',
    npm_config_max_per_host: '3',
  };

  test('flags that npm kept are reported before the whole fleet is migrated without them', async () => {
    // The environment that npm makes of: npm run migrate:all-tenants --canary acme --max-per-host=3
    const { host, exitCode, attempts } = await run(['migrate:all-tenants', 'acme'], { env });
    expect(host.err).toBe(`\
Error: npm kept --max-per-host, --canary and did not pass it on to Fanfold.

Put -- before the flags: npm run migrate:all-tenants -- --max-per-host --canary …
`);
    expect(exitCode).toBe(2);
    expect(attempts).toEqual([]);
  });

  test('the --no- form of a flag that npm kept is named', async () => {
    // npm run migrate:all-tenants --no-strict
    const { host, exitCode } = await run(['migrate:all-tenants'], {
      env: { npm_lifecycle_event: 'migrate:all-tenants', npm_config_strict: '' },
    });
    expect(host.err).toContain('npm run migrate:all-tenants -- --no-strict …');
    expect(exitCode).toBe(2);
  });

  test('flags that npm kept are reported if a script of another name runs the command', async () => {
    const { host, exitCode } = await run(['migrate:all-tenants', 'acme'], {
      env: {
        ...env,
        npm_lifecycle_event: 'db',
        npm_lifecycle_script: 'fanfold migrate:all-tenants',
      },
    });
    expect(host.err).toContain('npm run db -- --max-per-host --canary …');
    expect(exitCode).toBe(2);
  });

  test('flags that npm passed on are accepted', async () => {
    const argv = ['migrate:all-tenants', '--canary', 'acme', '--max-per-host=3'];
    expect((await run(argv, { env })).exitCode).toBe(0);
  });

  test('npm settings are ignored if an unrelated script runs the command', async () => {
    const { exitCode } = await run(['migrate:all-tenants'], {
      env: { ...env, npm_lifecycle_event: 'demo' },
    });
    expect(exitCode).toBe(0);
  });
});
