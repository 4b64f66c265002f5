import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { realFleet } from './support/real-fleet.ts';

// Every command line is a separate process, and a small machine starts few of them a second.
vi.setConfig({ testTimeout: 120_000 });

const MIGRATIONS = {
  '20260101000000_create_tasks.js': `
    export const up = (knex) => knex.schema.createTable('tasks', (table) => { table.increments('id'); });
    export const down = (knex) => knex.schema.dropTable('tasks');`,
};

test('configured replicas are checked by the doctor, and their login before the first tenant', async () => {
  const fleet = await realFleet(['Acme'], MIGRATIONS);
  const [acme] = fleet.tenants;
  const replicas = {
    hosts: { [`${acme?.host}:${acme?.port}`]: ['127.0.0.1:9'] },
    user: 'fanfold_lag',
    passwordEnv: 'REPLICA_PASSWORD',
  };
  const path = join(fleet.folder, 'fanfold.config.json');
  await writeFile(path, JSON.stringify({ replicas }));

  const refused = await fleet.run('migrate:all-tenants');
  expect(refused.stderr).toContain('names the variable REPLICA_PASSWORD, which is not set');
  expect(refused.exitCode).toBe(3);
  expect(await acme?.query('SHOW TABLES')).toEqual([]);

  const env = { REPLICA_PASSWORD: 'hush-hush' };
  const migrated = await fleet.run('migrate:all-tenants', env);
  expect(migrated.exitCode).toBe(0);
  const { stdout, stderr, exitCode } = await fleet.run('migrate:doctor acme', env);
  expect(stdout).toMatch(/^⚠️ {2}replicas: The lag of 127\.0\.0\.1:9 cannot be read: /mu);
  expect(stdout).not.toContain('hush-hush');
  expect(stderr).toBe('');
  // It slows backfills down, and keeps no run from succeeding.
  expect(exitCode).toBe(0);
});
