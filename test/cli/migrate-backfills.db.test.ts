import { setTimeout as delay } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { type RealFleet, realFleet } from './support/real-fleet.ts';
import { type CliProcess, startCli } from './support/spawn-cli.ts';

// Every command line is a separate process, and a small machine starts few of them a second.
vi.setConfig({ testTimeout: 120_000 });

const MIGRATIONS = {
  '20260101000000_create_tasks.js': `export async function up(knex) {
    await knex.schema.createTable('tasks', (table) => {
      table.increments('id');
      table.integer('points').notNullable().defaultTo(0);
    });
  }`,
  '20260102000000_fill_points.js': `export const backfill = {
    table: 'tasks', batch: 50, update: 'points = points + 1 + 0 * SLEEP(0.0005)',
  };
  export async function up(knex) {
    await knex('tasks').increment('points', 1);
  }`,
  '20260103000000_add_note_to_tasks.js': `export async function up(knex) {
    await knex.schema.alterTable('tasks', (table) => { table.string('note'); });
  }`,
};
const ROWS = 2_000;

async function fleetWithRows(): Promise<RealFleet> {
  const fleet = await realFleet(['Acme', 'Beta'], MIGRATIONS);
  await fleet.run('migrate:all-tenants');
  const rows = Array.from({ length: ROWS }, () => '(0)').join(',');
  for (const tenant of fleet.tenants)
    await tenant.query(`INSERT INTO tasks (points) VALUES ${rows}`);
  return fleet;
}

async function untilProgress(cli: CliProcess): Promise<void> {
  while (!cli.stdout.includes('"backfill-progress"')) await delay(20);
}

async function pointsOf({ tenants }: RealFleet) {
  return Promise.all(
    tenants.map((tenant) =>
      tenant.query('SELECT points, COUNT(*) AS count FROM tasks GROUP BY points ORDER BY points'),
    ),
  );
}

it('a backfill that is killed or interrupted continues where it was, in each tenant', async () => {
  const fleet = await fleetWithRows();
  const cwd = { cwd: fleet.folder, env: fleet.env };
  const killed = startCli(['migrate:backfills', '--json'], cwd);
  await untilProgress(killed);
  await delay(300);
  killed.child.kill('SIGKILL');
  await killed.ended;
  const partly = await pointsOf(fleet);
  expect(partly.some((points) => points.length === 2)).toBe(true);
  const status = await fleet.run('migrate:status --verbose');
  expect(status.stdout).toMatch(/ {3}⏳ 20260102000000_fill_points: [\d,]+ of about [\d,]+ rows/);
  expect(status.stdout).toMatch(/⏳ Backfills: 2 tenants, [\d,]+ of about [\d,]+ rows.*running\)/);
  const plan = await fleet.run('migrate:plan --phase backfills --verbose');
  expect(plan.stderr).toMatch(/20260102000000_fill_points walks over about [\d,]+ rows/);

  const interrupted = startCli(['migrate:backfills', '--json'], cwd);
  await untilProgress(interrupted);
  interrupted.child.kill('SIGTERM');
  const { exitCode, stdout } = await interrupted.ended;
  expect(stdout).toContain('"code":"TenantInterrupted"');
  expect(exitCode).toBe(130);
  expect((await pointsOf(fleet)).some((points) => points.length === 2)).toBe(true);

  const rest = await fleet.run('migrate:backfills');
  expect(rest.stdout).toContain('🎉 All backfills completed successfully!\n');
  expect(rest.stderr).toMatch(/Backfills changed [\d,]+ rows\./);
  expect(rest.exitCode).toBe(0);
  const done = [{ points: 1, count: ROWS }];
  expect(await pointsOf(fleet)).toEqual([done, done]);

  const again = await fleet.run('migrate:all-tenants --phase all');
  expect(again.stdout).toContain('Acme: Already up to date');
  expect(await pointsOf(fleet)).toEqual([done, done]);
});

it('somebody else pauses the backfills of a run, and lets them continue at another pace', async () => {
  const fleet = await fleetWithRows();
  const refused = await fleet.run('pause');
  expect(refused.stderr).toMatch(/has (ended|no backfills)/);
  expect(refused.exitCode).toBe(2);

  const running = startCli(['migrate:backfills', '--json'], { cwd: fleet.folder, env: fleet.env });
  await untilProgress(running);
  const paused = await fleet.run('pause');
  expect(paused.stdout).toContain('stop after their batches');
  await delay(3_000);
  const held = await pointsOf(fleet);
  expect(held.some((points) => points.length === 2)).toBe(true);
  await delay(1_500);
  expect(await pointsOf(fleet)).toEqual(held);

  const resumed = await fleet.run('resume last --pace 100');
  expect(resumed.stdout).toContain('continue at 100% of the time');
  expect((await running.ended).exitCode).toBe(0);
  const done = [{ points: 1, count: ROWS }];
  expect(await pointsOf(fleet)).toEqual([done, done]);
});
