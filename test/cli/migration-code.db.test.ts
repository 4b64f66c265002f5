import { describe, expect, test, vi } from 'vitest';
import { realFleet } from './support/real-fleet.ts';

// Every command line is a separate process, and a small machine starts few of them a second.
vi.setConfig({ testTimeout: 120_000 });

/** A migration that makes a table, and does something careless in databases that have `careless`. */
function migration(careless: string): Record<string, string> {
  return {
    '1_careless.js': `export async function up(knex) {
      if (await knex.schema.hasTable('careless')) { ${careless} }
      await knex.schema.createTable('made', (table) => table.increments('id'));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }`,
  };
}

/** Runs three tenants one after the other; the second is the one whose migration is careless. */
async function runFleet(careless: string) {
  const fleet = await realFleet(['Acme', 'Beta', 'Gamma'], migration(careless));
  await fleet.tenants[1]?.query('CREATE TABLE careless (id INT)');
  const result = await fleet.run('migrate:all-tenants --concurrency 1');
  return { ...result, fleet };
}

describe('a migration', () => {
  test.each([
    ['throws in a timer', "setTimeout(() => { throw new Error('from afar') }, 10);", 'from afar'],
    ['forgets a promise that is rejected', "Promise.reject(new Error('forgotten'));", 'forgotten'],
    ['calls process.exit()', 'process.exit(0);', 'process.exit(0) was called'],
    ['calls it in a timer', 'setTimeout(() => process.exit(0), 10);', 'process.exit(0) was called'],
    [
      'throws in a timer and waits for ever',
      "setTimeout(() => { throw new Error('from afar') }, 10); await new Promise(() => {});",
      'from afar',
    ],
  ])('a migration that %s fails only its own tenant', async (_what, careless, message) => {
    const { stdout, exitCode, fleet } = await runFleet(careless);
    expect(stdout).toContain(`❌ Beta: Migration failed: The migration threw Error: ${message}`);
    expect(stdout).toContain('✅ Successful: 2\n❌ Failed: 1\n');
    expect(exitCode).toBe(1);
    // Nothing of it is recorded, and no lock is left.
    const [beta] = fleet.tenants.slice(1);
    expect(await beta?.query('SELECT * FROM knex_migrations')).toEqual([]);
    expect(await beta?.query('SELECT is_locked FROM knex_migrations_lock')).toEqual([
      { is_locked: 0 },
    ]);
  });

  test('a migration whose timer fires after its end is only noted', async () => {
    const fleet = await realFleet(['Acme'], {
      '1_careless.js':
        "export async function up() { setTimeout(() => { throw new Error('too late') }, 1_500); }",
      // So slow that the timer of the one before goes off meanwhile.
      '2_slow.js': "export const up = (knex) => knex.raw('SELECT SLEEP(4)');",
    });
    const { stderr, exitCode } = await fleet.run('migrate:all-tenants');
    expect(stderr).toMatch(/Note: 1_careless in ff_\w+ threw an error after .*: too late\n/);
    expect(exitCode).toBe(0);
  });

  test('a migration that awaits nothing is awaited, and fails with the error of its statement', async () => {
    const fleet = await realFleet(['Acme'], {
      '1_hasty.js': `export function up(knex) {
        const make = (name) => knex.schema.createTable(name, (table) => table.increments('id'));
        make('one').then(() => make('two')).then(() => make('two'));
      }`,
    });
    const { stdout, exitCode } = await fleet.run('migrate:tenant acme');
    expect(stdout).toContain("Migration failed: Table 'two' already exists\n");
    expect(exitCode).toBe(1);
  });

  test('a migration may print, even between lines of JSON', async () => {
    const printing = await realFleet(['Acme'], {
      '1_printing.js': "export async function up() { console.log('%d rows', 3); }",
    });
    expect((await printing.run('migrate:plan --json')).stderr).toBe('');
    const { stdout, stderr } = await printing.run('migrate:tenant acme --json');
    for (const line of stdout.trimEnd().split('\n')) JSON.parse(line);
    expect(stderr).toContain('3 rows\n');
  });
});

describe('a migration file that is loaded', () => {
  test.each([
    ['process.exit()', 'process.exit(0);'],
    ['a promise that never settles', 'await new Promise(() => {});'],
  ])(
    'loading a migration file cannot end the process with %s and look like a success',
    async (_what, line) => {
      const fleet = await realFleet(['Acme'], { '1_ends.js': `${line}\nexport function up() {}` });
      const { stderr, exitCode } = await fleet.run('migrate:all-tenants');
      expect(stderr).toMatch(/^Error: The process ended before the command had finished/);
      expect(exitCode).toBe(3);
    },
  );
});
