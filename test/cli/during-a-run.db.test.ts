import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { fixtureFolder } from '../support/fixture-folder.ts';
import { onServer } from '../support/provisioning.ts';
import { testServer } from '../support/server.ts';
import { type RealFleet, realFleet, TEST_KEY } from './support/real-fleet.ts';
import { startCli } from './support/spawn-cli.ts';

const WAIT = { timeout: 30_000, interval: 20 };

const USERS = `export const up = (knex) => knex.schema.createTable('users', (t) => t.increments());`;

/** Waits for a file beside it, which the test writes when what it does meanwhile is done. */
const WAITS = `import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
export const up = async (knex) => {
  await knex.schema.createTable('waited', (t) => t.increments());
  while (!existsSync('go-on')) await sleep(20);
};`;

/** Runs `work` while a run is under way, and resolves to what the run prints. */
async function whileMigrating(
  { folder, env, tenants }: RealFleet,
  more: Record<string, string>,
  work: () => Promise<void>,
) {
  const run = startCli(['migrate:all-tenants', '--concurrency', '2', '--verbose'], {
    cwd: folder,
    env: { ...env, ...more },
  });
  await vi.waitFor(async () => {
    const tables = await Promise.all(
      tenants.map(({ query }) => query("SHOW TABLES LIKE 'waited'")),
    );
    expect(tables.flat()).not.toEqual([]);
  }, WAIT);
  await work();
  await writeFile(join(folder, 'go-on'), '');
  return run.ended;
}

describe('while a run is in progress', { timeout: 120_000 }, () => {
  it('a tenant that another build provisions during a run is found and migrated', async () => {
    const fleet = await realFleet(['One', 'Two', 'Three', 'Four', 'Five', 'Six'], {
      '1_users.mjs': USERS,
      '2_wait.mjs': WAITS,
    });
    const { host, port, user, password } = testServer();
    const older = await fixtureFolder({ '1_users.mjs': USERS });
    const slug = `p5-${randomUUID().slice(0, 8)}`;
    onTestFinished(async () => {
      const root = await testServer().rootConnection();
      const { databases, users } = await onServer(slug);
      for (const name of databases) await root.query(`DROP DATABASE \`${name}\``);
      for (const name of users) await root.query(`DROP USER '${name}'@'%'`);
    });
    const login = [user, password].map(encodeURIComponent).join(':');
    const env = { FANFOLD_ADMIN_URL: `mysql://${login}@${host}:${port}` };

    const { stdout, exitCode } = await whileMigrating(fleet, {}, async () => {
      const made = await fleet.run(
        `tenant:provision ${slug} --host ${host} --port ${port} --migrations ${older}`,
        env,
      );
      expect(made.stdout).toContain('1 migration');
    });

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(new RegExp(`✅ ${slug}: Ran 1 migration`));
    const [row] = await fleet.central.query(
      'SELECT COUNT(DISTINCT schemaVersion) AS versions, COUNT(*) AS tenants FROM tenants LEFT JOIN fanfold_tenants ON tenantId = id',
    );
    expect(row).toEqual({ versions: 1, tenants: 7 });
  });

  it('the key is rotated during a run, and the old one removed, without a failed tenant', async () => {
    const fleet = await realFleet(['One', 'Two', 'Three', 'Four', 'Five', 'Six'], {
      '2_wait.mjs': WAITS,
    });
    const file = join(fleet.folder, 'keys');
    await writeFile(file, TEST_KEY);
    const env = { DB_ENCRYPTION_KEY: '', DB_ENCRYPTION_KEY_FILE: file };
    const { stdout, exitCode } = await whileMigrating(fleet, env, async () => {
      const rotated = await fleet.run('secrets:rotate', env);
      expect(rotated.stdout).toContain('Removed, because nothing needs it: "k1"');
    });
    expect(stdout).toContain('Successful: 6');
    expect(exitCode).toBe(0);
  });
});
