import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { fleetAsleep, slowMigration } from '../cli/support/asleep.ts';
import { type RealFleet, realFleet, writeMigrations } from '../cli/support/real-fleet.ts';
import { fixtureFolder } from '../support/fixture-folder.ts';
import { testServer } from '../support/server.ts';
import { buildImageFolder, type ImageFolder } from './support/build-image-folder.ts';
import { hasNamespaces, type ImageRun, startImage } from './support/start-image.ts';

const run = promisify(execFile);

vi.setConfig({ testTimeout: 120_000, hookTimeout: 240_000 });

// Building takes as long as all other tests together, and every server would give the same result.
describe.skipIf(!testServer().isEmbedded)('an image built from the Dockerfile', () => {
  let folder: string;
  let image: ImageFolder;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fanfold-image-'));
    // The image runs as another user if this process may choose one.
    await chmod(folder, 0o755);
    image = await buildImageFolder(folder);
    await withoutWriting(image);
  });
  afterAll(async () => {
    if (folder === undefined) return;
    await run('chmod', ['-R', 'u+w', folder]);
    await rm(folder, { recursive: true });
  });

  /** Starts the image for a fleet, with an empty volume for runs. */
  async function start(fleet: RealFleet, more: Partial<ImageRun> = {}) {
    const runs = await fixtureFolder();
    await chmod(runs, 0o1777);
    await chmod(fleet.folder, 0o755);
    const migrations = join(fleet.folder, 'migrations/tenant');
    const env = { ...fleet.env, ...more.env };
    return { runs, ...startImage(image, { runs, migrations, ...more, env }) };
  }

  test('an image built from the Dockerfile migrates all tenants with its default command, and writes to its volume only', async () => {
    const fleet = await realFleet(['Acme', 'Beta'], slowMigration(0));
    const env = { FANFOLD_MIGRATIONS_DIR: '/migrations' };
    const { runs, ended } = await start(fleet, { env });
    const { exitCode, output } = await ended;
    expect(output).toContain('✅ Successful: 2\n❌ Failed: 0\n');
    expect(exitCode).toBe(0);
    expect(await readdir(join(runs, 'runs'))).toHaveLength(1);
    const retry = await start(fleet, { runs, env, args: ['migrate:retry', 'last'] });
    expect((await retry.ended).output).toContain('No tenant is left to retry.');
  });

  test('an image built from the Dockerfile cannot write anywhere but to its volume', async () => {
    const fleet = await realFleet([], {});
    const made = await start(fleet, { args: ['migrate:make', 'add_something', '--js'] });
    const { exitCode, output } = await made.ended;
    expect(output).toMatch(hasNamespaces ? /EROFS/ : /EACCES/);
    expect(exitCode).toBe(3);
  });

  test('an image built from the Dockerfile migrates the central database with migrations that the package brings along', async () => {
    const latest = await start(await realFleet([], {}), { args: ['migrate:latest'] });
    const { exitCode, output } = await latest.ended;
    expect(output).toMatch(/up to date/);
    expect(exitCode).toBe(0);
  });

  test('an image built from the Dockerfile stops after the running statement on SIGTERM, exits with 130, and resumes when it is started again', async () => {
    const fleet = await realFleet(['Acme', 'Beta', 'Gamma'], slowMigration(1));
    const env = { FANFOLD_MIGRATIONS_DIR: '/migrations' };
    const args = ['migrate:all-tenants', '--concurrency', '1'];
    const { terminate, ended } = await start(fleet, { env, args });
    await fleetAsleep(fleet);
    terminate();
    const { exitCode, output } = await ended;
    expect(output).toContain('✅ Successful: 1\n❌ Failed: 0\n⏩ Skipped: 2\n');
    expect(exitCode).toBe(130);

    await writeMigrations(fleet.folder, slowMigration(0));
    const next = await (await start(fleet, { env, args })).ended;
    expect(next.output).toContain('✅ Successful: 3\n❌ Failed: 0\n');
    expect(next.exitCode).toBe(0);
  });

  test('an image built from the Dockerfile contains no secrets, no sources and no development tools', async () => {
    const app = join(image.root, image.workdir);
    expect((await readdir(image.root)).sort()).toEqual([image.workdir.slice(1)]);
    expect((await readdir(app)).sort()).toEqual([
      '.fanfold',
      'bin',
      'dist',
      'migrations',
      'node_modules',
      'package.json',
    ]);
    const packages = await readdir(join(app, 'node_modules'));
    for (const tool of ['typescript', 'vitest', 'aws-cdk-lib', 'prisma', 'node']) {
      expect(packages).not.toContain(tool);
    }
  });
});

/** Removes all write permissions except for the run folder, as on a read-only file system. */
async function withoutWriting({ root, workdir }: ImageFolder): Promise<void> {
  await run('chmod', ['-R', 'a-w', root]);
  await run('chmod', ['1777', join(root, workdir, '.fanfold')]);
}
