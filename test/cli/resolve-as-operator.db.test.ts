import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { IN_FULL } from '../chaos/support/form.ts';
import type { TestDatabase } from '../support/database.ts';
import { type RealFleet, realFleet, writeMigrations } from './support/real-fleet.ts';
import type { CliResult } from './support/spawn-cli.ts';

// Every command line is a separate process, and a small machine starts few of them a second.
vi.setConfig({ testTimeout: 180_000 });

const HEAD = `import { randomUUID } from 'node:crypto';
import { execSync } from 'node:child_process';
export const config = { transaction: false };
// Fanfold lets no migration kill its process; the system does.
const stop = (at) => { if (process.env.STOP === String(at)) execSync('kill -9 ' + process.pid); };
`;
const USERS = `export async function up(knex) {
  await knex.schema.createTable('users', (t) => t.increments('id'));
  await knex('users').insert([1, 2, 3, 4, 5].map((id) => ({ id })));
}
export const down = (knex) => knex.schema.dropTable('users');
`;
/** Seven statements; an attempt that is stopped cannot be resumed, since its values are random. */
const BACKFILL = `${HEAD}export async function up(knex) {
  await knex.schema.alterTable('users', (t) => t.string('token', 64));
  for (let id = 1; id <= 5; id++) {
    await knex('users').where({ id }).update({ token: randomUUID() });
    stop(id);
  }
  await knex.schema.alterTable('users', (t) => t.string('token', 64).notNullable().alter());
}
`;
const DOWN = `export async function down(knex) {
  await knex('users').update({ token: randomUUID() });
  await knex.schema.alterTable('users', (t) => t.dropColumn('token'));
  stop('down');
  await knex.raw("ALTER TABLE users COMMENT = 'bare'");
}
`;

interface Half {
  readonly fleet: RealFleet;
  readonly tenant: TestDatabase;
  /** The result of `migrate:resolve acme`. */
  readonly shown: CliResult;
  /** Commands that it prints, as they are typed. */
  readonly offered: readonly string[];
}

/** A tenant whose migration was killed, and could not be resumed. */
async function halfApplied(
  source: string,
  { stop = '3', changed = source }: { stop?: string; changed?: string } = {},
): Promise<Half> {
  const fleet = await realFleet(['Acme'], { '1_users.js': USERS, '2_backfill.js': source });
  const killed = await fleet.run('migrate:tenant acme', { STOP: stop });
  expect(killed.exitCode).not.toBe(0);
  await writeMigrations(fleet.folder, { '2_backfill.js': changed });
  const again = await fleet.run('migrate:tenant acme');
  expect(again.stdout).toContain('Error HalfApplied');
  expect(again.stdout).toContain('fanfold migrate:resolve acme');
  return look(fleet);
}

async function look(fleet: RealFleet): Promise<Half> {
  const shown = await fleet.run('migrate:resolve acme');
  const offered = [...shown.stdout.matchAll(/^ {7}fanfold (.+)$/gm)].map(([, line = '']) => line);
  const [tenant] = fleet.tenants;
  if (tenant === undefined) throw new Error('There is no tenant.');
  return { fleet, tenant, shown, offered };
}

/** Types what was printed, as npm hands it on. */
function type({ fleet, offered }: Half, containing: string): Promise<CliResult> {
  const line = offered.find((each) => each.includes(containing));
  if (line === undefined) throw new Error(`${containing} is not offered.`);
  return fleet.run(`${line.replace(' -- ', ' ')} --yes`);
}

/** Everything is as an uninterrupted run leaves it, and nothing is open. */
async function expectWhole({ fleet, tenant }: Half, isApplied = true) {
  expect((await fleet.run('migrate:tenant acme')).exitCode).toBe(0);
  expect((await fleet.run('migrate:resolve acme')).exitCode).toBe(0);
  expect(await tenant.query('SELECT 1 FROM fanfold_journal WHERE number > 0')).toEqual([]);
  expect(await tenant.query("SHOW COLUMNS FROM users LIKE 'token'")).toMatchObject(
    isApplied ? [{ Type: 'varchar(64)', Null: 'NO' }] : [],
  );
  expect(await tenant.query('SELECT id FROM users')).toHaveLength(5);
  if (isApplied) expect(await tenant.query("SELECT 1 FROM users WHERE token = ''")).toEqual([]);
  expect(await tenant.query('SELECT name FROM knex_migrations ORDER BY id')).toEqual(
    ['1_users.js', '2_backfill.js'].map((name) => ({ name })),
  );
}

async function expectOpen({ tenant }: Half) {
  expect(await tenant.query('SELECT name FROM knex_migrations')).toHaveLength(1);
  expect(await tenant.query('SELECT 1 FROM fanfold_journal WHERE number > 0')).not.toEqual([]);
}

describe('a backfill that was killed in its third batch', () => {
  test('an interrupted backfill is shown with every statement, the remaining ones and the ways out', async () => {
    const { shown, fleet } = await halfApplied(BACKFILL + DOWN);
    expect(shown.exitCode).toBe(1);
    expect(shown.stdout).toMatch(/ 1 +applied +alter table `users` add `token` varchar\(\?\)\n/);
    expect(shown.stdout).toMatch(/-> +2 +applied, with other values +update `users`/);
    // Each of the seven once: with its standing, or as left.
    expect(shown.stdout.match(/^[ >-]+\d+ {2}.*(?:update|alter)/gm)).toHaveLength(7);
    expect(shown.stdout).toMatch(/ 6 +update `users` set `token` = \? where `id` = \?;\n/);
    expect(shown.stdout).toMatch(
      / 7 +alter table `users` modify `token` varchar\(64\) not null;\n/,
    );
    const doctor = await fleet.run('migrate:doctor acme');
    expect(doctor.stdout).toContain('could not resume it: The migration is half-applied');
    expect(doctor.stdout).toContain('fanfold migrate:resolve acme');
  });

  test('an interrupted backfill is completed by hand with the printed statements', async () => {
    const half = await halfApplied(BACKFILL + DOWN);
    const refused = await type(half, '--applied 2_backfill --by-hand');
    expect(refused.stderr).toContain('what statement 7 does is not in the database');
    expect(refused.exitCode).toBe(1);
    await expectOpen(half);
    const { stdout } = await half.fleet.run('migrate:resolve acme --with-values');
    const left = [...stdout.matchAll(/^ +\d+ {2}((?:update|alter) .*;)$/gm)];
    expect(left.length).toBeGreaterThan(2);
    for (const [, sql = ''] of left) await half.tenant.query(sql);
    expect((await type(half, '--applied 2_backfill --by-hand')).exitCode).toBe(0);
    await expectWhole(half);
  });

  test.runIf(IN_FULL)('an interrupted backfill is undone by hand and started over', async () => {
    const half = await halfApplied(BACKFILL + DOWN);
    const refused = await type(half, '--retry 2_backfill --by-hand');
    expect(refused.stderr).toContain('what statement 1 did is still in the database');
    await expectOpen(half);
    await half.tenant.query('ALTER TABLE users DROP COLUMN token');
    expect((await type(half, '--retry 2_backfill --by-hand')).exitCode).toBe(0);
    await expectWhole(half);
  });

  test.runIf(IN_FULL)(
    'an interrupted backfill is rolled back by its down and started over',
    async () => {
      const half = await halfApplied(BACKFILL + DOWN);
      expect((await type(half, '--revert 2_backfill')).exitCode).toBe(0);
      await expectWhole(half);
    },
  );

  test.runIf(IN_FULL)(
    'an interrupted backfill is not marked as applied without --by-hand',
    async () => {
      const half = await halfApplied(BACKFILL);
      for (const kind of ['applied', 'retry']) {
        const { stderr, exitCode } = await half.fleet.run(
          `migrate:resolve acme --${kind} 2_backfill --yes`,
        );
        expect(stderr).toContain('When that is done, add --by-hand.');
        expect(exitCode).toBe(1);
      }
      const { stderr } = await half.fleet.run('migrate:resolve acme --revert 2_backfill --yes');
      expect(stderr).toContain('It exports no down.');
      await expectOpen(half);
    },
  );
});

test('a migration whose file was changed shows the statements that ran and their current text', async () => {
  const changed = BACKFILL.replace("'token', 64", "'token', 99").replace(
    "'users', (t)",
    '`users`, (t)',
  );
  const half = await halfApplied(BACKFILL, {
    changed: changed.replace(
      'await knex.schema',
      "await knex('users').where('id', 9).del();\n  await knex.schema",
    ),
  });
  expect(half.shown.stdout).toMatch(/-> +1 +applied, by another text +alter table/);
  expect(half.shown.stdout).toMatch(/now +delete from `users`/);
  expect(half.shown.stdout).toContain('the file now has another statement 1');
  await writeMigrations(half.fleet.folder, { '2_backfill.js': BACKFILL });
  await half.tenant.query('ALTER TABLE users DROP COLUMN token');
  expect((await type(half, '--retry 2_backfill --by-hand')).exitCode).toBe(0);
  await expectWhole(half);
});

test.runIf(IN_FULL)(
  'a migration whose file is missing can be discarded, but not rolled back',
  async () => {
    const half = await halfApplied(BACKFILL + DOWN);
    await rm(join(half.fleet.folder, 'migrations/tenant/2_backfill.js'));
    const without = await look(half.fleet);
    expect(without.shown.stdout).toContain('The folder lacks its file.');
    expect(without.shown.stdout).toMatch(/Not possible:\n +--revert: The folder does not/);
    await half.tenant.query('ALTER TABLE users DROP COLUMN token');
    expect((await type(without, '--retry 2_backfill --by-hand')).exitCode).toBe(0);
    expect((await look(half.fleet)).shown.exitCode).toBe(0);
  },
);

describe('a rollback that was killed', () => {
  async function halfRolledBack(): Promise<Half> {
    const fleet = await realFleet(['Acme'], {
      '1_users.js': USERS,
      '2_backfill.js': BACKFILL + DOWN,
    });
    expect((await fleet.run('migrate:tenant acme')).exitCode).toBe(0);
    const back = 'migrate:rollback-tenants acme --steps 1 --yes';
    await fleet.run(back, { STOP: 'down' });
    const again = await fleet.run(back);
    expect(again.stdout).toContain('Error HalfApplied');
    return look(fleet);
  }

  test('an interrupted rollback is completed by hand', async () => {
    const half = await halfRolledBack();
    expect(half.shown.stdout).toMatch(/down +1 +applied, with other values +update `users`/);
    await half.tenant.query("ALTER TABLE users COMMENT = 'bare'");
    expect((await type(half, '--revert 2_backfill --by-hand')).exitCode).toBe(0);
    expect((await look(half.fleet)).shown.exitCode).toBe(0);
    await expectWhole(half);
  });

  test.runIf(IN_FULL)('a migration with an interrupted rollback is kept as applied', async () => {
    const half = await halfRolledBack();
    expect(half.shown.stdout).toMatch(/Not possible:\n +--retry: Its down is half-applied/);
    await half.tenant.query("ALTER TABLE users ADD token VARCHAR(64) NOT NULL DEFAULT 'x'");
    expect((await type(half, '--applied 2_backfill --by-hand')).exitCode).toBe(0);
    await expectWhole(half);
  });
});

test('a tenant without a half-applied migration has nothing to resolve', async () => {
  const fleet = await realFleet(['Acme'], { '1_users.js': USERS });
  for (const _ of ['before its first run', 'after it']) {
    const { stdout, exitCode } = await fleet.run('migrate:resolve acme');
    expect(stdout).toBe('✅ acme: no migration is half-applied.\n');
    expect(exitCode).toBe(0);
    await fleet.run('migrate:tenant acme');
  }
});
