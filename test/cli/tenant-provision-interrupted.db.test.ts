import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { onServer } from '../support/provisioning.ts';
import { testServer } from '../support/server.ts';
import { realFleet } from './support/real-fleet.ts';
import { startCli } from './support/spawn-cli.ts';

const WAIT = { timeout: 60_000, interval: 20 };

/** Waits for a file, so that the process can be struck while its second statement is to come. */
const WAITS = `import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
export const up = async (knex) => {
  await knex.schema.createTable('one', (t) => t.increments());
  while (!existsSync('go-on')) await sleep(20);
  await knex.schema.createTable('two', (t) => t.increments());
};`;

describe('tenant:provision', { timeout: 120_000 }, () => {
  it.each([
    ['SIGKILL', null],
    ['SIGTERM', 130],
  ] as const)(
    'tenant:provision resumes a migration that %s interrupted',
    async (signal, exitCode) => {
      const { folder, env, central, run } = await realFleet([], { '1_two_tables.mjs': WAITS });
      const { host, port, user, password } = testServer();
      const slug = `p5-${randomUUID().slice(0, 8)}`;
      const root = await testServer().rootConnection();
      onTestFinished(async () => {
        const cleaner = await testServer().rootConnection();
        const { databases, users } = await onServer(slug);
        for (const name of databases) await cleaner.query(`DROP DATABASE \`${name}\``);
        for (const name of users) await cleaner.query(`DROP USER '${name}'@'%'`);
      });
      const login = [user, password].map(encodeURIComponent).join(':');
      const admin = { FANFOLD_ADMIN_URL: `mysql://${login}@${host}:${port}` };
      const argv = ['tenant:provision', slug, '--host', host, '--port', String(port)];
      const database = `${slug.replaceAll('-', '_')}_db`;
      const statusOf = async () => (await central.query('SELECT status FROM tenants'))[0]?.status;

      const struck = startCli(argv, { cwd: folder, env: { ...env, ...admin } });
      await vi.waitFor(async () => {
        await root.query(`SELECT id FROM \`${database}\`.one`);
      }, WAIT);
      struck.child.kill(signal);
      if (signal === 'SIGTERM') {
        // The statement in progress is finished first.
        await vi.waitFor(
          () => expect(struck.stderr).toContain('finishing what is in progress'),
          WAIT,
        );
        await writeFile(join(folder, 'go-on'), '');
      }
      expect((await struck.ended).exitCode).toBe(exitCode);
      expect(await statusOf()).toBe('PROVISIONING');

      await writeFile(join(folder, 'go-on'), '');
      const again = await run(argv.join(' '), admin);
      expect(again.stdout).toContain(`✅ ${slug} is ACTIVE`);
      expect(again.stdout).toContain('(already done)');
      expect(await statusOf()).toBe('ACTIVE');
      await root.query(`SELECT id FROM \`${database}\`.two`);
    },
  );
});
