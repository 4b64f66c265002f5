import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { testServer } from '../support/server.ts';
import { realFleet, TEST_KEY } from './support/real-fleet.ts';

const NOTHING = { '20260101000000_do_nothing.mjs': 'export const up = async () => {};' };

function adminUrl(): string {
  const { host, port, user, password } = testServer();
  return `mysql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${host}:${port}`;
}

describe('the logins of a fleet', { timeout: 120_000 }, () => {
  it('the key and the password of a tenant are rotated, and both work afterwards', async () => {
    const { folder, central, run } = await realFleet(['Acme Corp', 'Beta'], NOTHING);
    const file = join(folder, 'keys');
    await writeFile(file, TEST_KEY);
    const env = {
      DB_ENCRYPTION_KEY: '',
      DB_ENCRYPTION_KEY_FILE: file,
      FANFOLD_ADMIN_URL: adminUrl(),
    };
    const passwords = async () =>
      (await central.query('SELECT dbPassword AS text FROM tenants ORDER BY slug')).map(
        ({ text }) => String(text),
      );

    const inVariable = await run('secrets:rotate');
    expect(inVariable.exitCode).toBe(3);
    expect(inVariable.stderr).toContain('DB_ENCRYPTION_KEY_FILE');

    const kept = await run('secrets:rotate --keep-old', env);
    expect(kept.stdout).toBe(
      '✅ Encrypted 2 passwords of 2 tenants with the new key "k2"\nNo key was removed.\n',
    );
    expect(await passwords()).toEqual([
      expect.stringMatching(/^v2:k2:/),
      expect.stringMatching(/^v2:k2:/),
    ]);
    const dropped = await run('secrets:rotate --json', env);
    expect(JSON.parse(dropped.stdout)).toEqual({
      type: 'keys-rotated',
      active: 'k2',
      added: false,
      seen: 2,
      changed: 0,
      dropped: ['k1'],
      heldBy: [],
      failed: [],
      interrupted: false,
    });
    expect((await run('migrate:all-tenants', env)).exitCode).toBe(0);

    const rotated = await run('tenant:rotate-password acme-corp', env);
    expect(rotated.stdout).toBe('✅ acme-corp has a new password; the old one is revoked\n');
    expect((await run('migrate:tenant acme-corp', env)).exitCode).toBe(0);

    // A row that was pointed elsewhere by hand does not open; moved back, it does.
    await central.query("UPDATE tenants SET dbHost = 'localhost' WHERE slug = 'beta'");
    const pointed = await run('migrate:tenant beta', env);
    expect(pointed.exitCode).toBe(1);
    expect(pointed.stdout.replaceAll(/\s+/g, ' ')).toContain('PasswordMoved');
    await central.query("UPDATE tenants SET dbHost = '127.0.0.1' WHERE slug = 'beta'");
    const moved = await run('tenant:move beta --host localhost', env);
    expect(moved.stderr).toBe('');
    expect(moved.stdout).toMatch(/^✅ beta is at \S+@localhost:\d+\/\S+ now, and was at \S+\n$/);
    expect((await run('migrate:tenant beta', env)).exitCode).toBe(0);

    expect((await run('tenant:move beta', env)).exitCode).toBe(2);
    expect((await run('tenant:move beta --port 1', env)).exitCode).toBe(1);
    expect((await run('tenant:rotate-password nobody', env)).exitCode).toBe(2);
  });

  it('a password in version 2 can only be opened for its own row', async () => {
    const { run } = await realFleet(['Acme Corp'], NOTHING);
    const env = { DB_ENCRYPTION_FORMAT: 'v2' };
    const unnamed = await run('secrets:encrypt', env);
    expect(unnamed.exitCode).toBe(2);
    expect(unnamed.stderr).toContain('--tenant');
    const { stdout } = await run('secrets:encrypt --tenant acme-corp', env);
    expect(stdout).toMatch(/^v2:k1:[\w-]{16}:[\w-]+\n$/);
    const wrong = await run('secrets:encrypt', { DB_ENCRYPTION_FORMAT: 'v9' });
    expect(wrong.exitCode).toBe(3);
  });
});
