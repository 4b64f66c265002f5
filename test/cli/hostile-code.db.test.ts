import { describe, expect, test, vi } from 'vitest';
import { byTurns } from '../chaos/support/form.ts';
import { type RealFleet, realFleet } from './support/real-fleet.ts';
import type { CliResult } from './support/spawn-cli.ts';

// Every command line is a separate process, and a small machine starts few of them a second.
vi.setConfig({ testTimeout: 120_000 });

/** Three tenants; in the second one, Beta, the migration does something that no migration should. */
async function runFleet(
  hostile: string,
  { flags = '', before = '' }: { flags?: string; before?: string } = {},
): Promise<CliResult & { fleet: RealFleet }> {
  const fleet = await realFleet(['Acme', 'Beta', 'Gamma'], {
    '1_hostile.js': `import fs from 'node:fs';
    ${before}
    export async function up(knex) {
      if (await knex.schema.hasTable('hostile')) { ${hostile} }
      await knex.schema.createTable('made', (table) => table.increments('id'));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }`,
    '2_after.js':
      "export const up = (knex) => knex.schema.createTable('after', (t) => t.timestamp('at').defaultTo(knex.fn.now()));",
  });
  await fleet.tenants[1]?.query('CREATE TABLE hostile (id INT)');
  const result = await fleet.run(`migrate:all-tenants --concurrency 1${flags}`);
  return { ...result, fleet };
}

/** The others are migrated, and Fanfold takes no blame. */
async function expectOthersRight({ stdout, stderr, fleet }: CliResult & { fleet: RealFleet }) {
  for (const tenant of [fleet.tenants[0], fleet.tenants[2]]) {
    expect(await tenant?.query('SELECT name FROM knex_migrations ORDER BY id')).toEqual([
      { name: '1_hostile.js' },
      { name: '2_after.js' },
    ]);
    expect(await tenant?.query('SELECT is_locked FROM knex_migrations_lock')).toEqual([
      { is_locked: 0 },
    ]);
  }
  expect(stdout + stderr).not.toMatch(/defect of Fanfold|Unexpected/);
}

const BOMB = "() => { throw new Error('bomb') }";

describe('a migration', () => {
  test.each(
    byTurns([
      ...['message', 'stack', 'cause', 'code', 'name', 'errno', 'fatal'].map((name) => [
        `throws an error whose ${name} throws`,
        `throw Object.defineProperty(new Error('real'), '${name}', { get: ${BOMB} })`,
      ]),
      ['throws null', 'throw null'],
      ['throws undefined', 'throw undefined'],
      ['throws a symbol', "throw Symbol('s')"],
      [
        'throws a revoked Proxy',
        'const r = Proxy.revocable(new Error(), {}); r.revoke(); throw r.proxy',
      ],
      ['throws a frozen error', "throw Object.freeze(new Error('cold'))"],
      ['throws circular causes', "const e = new Error('round'); e.cause = e; throw e"],
      [
        'throws an error with a then',
        `throw Object.assign(new Error('thenable'), { then: ${BOMB} })`,
      ],
      [
        'throws a revoked Proxy in a timer',
        'setTimeout(() => { const r = Proxy.revocable(new Error(), {}); r.revoke(); throw r.proxy }, 10); await new Promise(() => {})',
      ],
      [
        'rejects with a hostile error that nobody awaits',
        `Promise.reject(Object.defineProperty(new Error(), 'message', { get: ${BOMB} })); await new Promise(() => {})`,
      ],
      [
        'throws a hostile error in a transaction',
        `await knex.transaction(async () => { throw Object.defineProperty(new Error('x'), 'message', { get: ${BOMB} }) })`,
      ],
      ['calls process.abort()', 'process.abort()'],
      ['kills its process', "process.kill(process.pid, 'SIGKILL')"],
      ['kills its process group', "process.kill(0, 'SIGKILL')"],
      [
        'takes our handlers off and throws in a timer',
        "process.removeAllListeners('uncaughtException'); process.removeAllListeners('unhandledRejection'); try { process.setUncaughtExceptionCaptureCallback(null) } catch {} setTimeout(() => { throw new Error('from afar') }, 10); await new Promise(() => {})",
      ],
      [
        'replaces Promise.prototype.then and throws',
        "Promise.prototype.then = function () { throw new Error('no') }; throw new Error('x')",
      ],
    ]),
  )('a migration that %s fails only its own tenant', async (_what, hostile) => {
    const result = await runFleet(hostile);
    expect(result.stdout).toContain('❌ Beta: Migration failed: The migration threw');
    expect(result.stdout).toContain('✅ Successful: 2\n❌ Failed: 1\n');
    expect(result.exitCode).toBe(1);
    await expectOthersRight(result);
  });

  test.each(
    byTurns([
      [
        'replaces process.stdout.write',
        'process.stdout.write = () => true; process.stderr.write = () => true;',
      ],
      ['makes process.stdout.write throw', `process.stdout.write = ${BOMB};`],
      ['ends standard output', "process.stdout.end('bye'); process.stderr.end();"],
      ['destroys standard output', 'process.stdout.destroy(); process.stdout.cork();'],
      [
        'prints without line breaks',
        "process.stdout.write('.'); process.stdout.write(Buffer.from('..')); console.log('x'); console.error('y');",
      ],
      [
        'removes the listeners of standard output',
        "process.stdout.removeAllListeners(); process.stdout.on('error', () => {});",
      ],
      ['replaces the console', 'globalThis.console = undefined;'],
      ['replaces Date', 'globalThis.Date = class { static now() { return 0; } };'],
      [
        'replaces methods of arrays',
        'Array.prototype.map = () => []; Array.prototype.flatMap = Array.prototype.push = () => 0;',
      ],
      ['replaces timers', 'globalThis.setImmediate = globalThis.clearTimeout = () => 0;'],
      ['changes the working directory', "process.chdir('/');"],
      [
        'changes the environment',
        'for (const name of Object.keys(process.env)) delete process.env[name];',
      ],
      ['leaves an interval behind', 'setInterval(() => {}, 1_000);'],
      ['takes process.exit away', 'process.exit = () => {}; setInterval(() => {}, 1_000);'],
      [
        'adds a handler of exceptions',
        "process.on('uncaughtException', () => process.exit(0)); process.exitCode = 9;",
      ],
    ]),
  )('a migration that %s is applied, and so are the others', async (_what, hostile) => {
    const result = await runFleet(hostile);
    expect(result.stdout).toContain('✅ Successful: 3\n❌ Failed: 0\n');
    expect(result.exitCode).toBe(0);
    await expectOthersRight(result);
  });

  test.each(
    byTurns([
      [
        'prints in every way',
        "console.log('noise'); console.info('noise'); console.dir('noise'); console.table(['noise']); process.stdout.write('noise'); process.stdout.write(new TextEncoder().encode('noise\\n'));",
        '',
      ],
      ['prints while it is loaded', '', "console.log('noise'); process.stdout.write('noise');"],
      [
        'prints after its end',
        "setTimeout(() => console.log('noise'), 80); setInterval(() => process.stdout.write('noise'), 20);",
        '',
      ],
      [
        'prints with a stream that it imported',
        "stdout.write('noise\\n');",
        "import { stdout } from 'node:process';",
      ],
      [
        'prints through a console of its own',
        "new console.Console(process.stdout).log('noise');",
        '',
      ],
      ['replaces process.stdout.write', 'process.stdout.write = () => true;', ''],
    ]),
  )('a migration that %s leaves only JSON on standard output', async (_what, hostile, before) => {
    const result = await runFleet(hostile, { flags: ' --json', before });
    const events = result.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.at(-1)).toMatchObject({ type: 'run-finished' });
    expect(result.stdout).not.toContain('noise');
    if (/noise/.test(hostile + before)) expect(result.stderr).toContain('noise');
    expect(result.exitCode).toBe(0);
    await expectOthersRight(result);
  });

  test('a migration file that throws in a timer while it is loaded does not end the run', async () => {
    const result = await runFleet('', {
      before: "setTimeout(() => { throw new Error('early') }, 400);",
    });
    await expectOthersRight(result);
    expect(result.exitCode).toBe(0);
  });
});
