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

// Building takes as long as all the rest, and the server is nothing to it.
describe.skipIf(!testServer().isEmbedded)('what the Dockerfile copies', () => {
  let folder: string;
  let image: ImageFolder;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fanfold-image-'));
    // The user of the image is another one, where this may choose.
    await chmod(folder, 0o755);
    image = await buildImageFolder(folder);
    await withoutWriting(image);
  });
  afterAll(async () => {
    if (folder === undefined) return;
    await run('chmod', ['-R', 'u+w', folder]);
    await rm(folder, { recursive: true });
  });

  /** Starts the image with a fleet, and a volume of its own for runs. */
  async function start(fleet: RealFleet, more: Partial<ImageRun> = {}) {
    const runs = await fixtureFolder();
    await chmod(runs, 0o1777);
    await chmod(fleet.folder, 0o755);
    const migrations = join(fleet.folder, 'migrations/tenant');
    const env = { ...fleet.env, ...more.env };
    return { runs, ...startImage(image, { runs, migrations, ...more, env }) };
  }

  test('migrates all tenants by the command that the image has, and writes into its volume alone', async () => {
    const fleet = await realFleet(['Acme', 'Beta'], slowMigration(0));
    const env = { FANFOLD_MIGRATIONS_DIR: '/migrations' };
    const { runs, ended } = await start(fleet, { env });
    const { exitCode, output } = await ended;
    expect(output).toContain('✅ Successful: 2\n❌ Failed: 0\n');
    expect(exitCode).toBe(0);
    expect(await readdir(join(runs, 'runs'))).toHaveLength(1);
    const retry = await start(fleet, { runs, env, args: ['migrate:retry', 'last'] });
    expect((await retry.ended).output).toContain('Nothing is left to do.');
  });

  test('has nothing that it could write but its volume', async () => {
    const fleet = await realFleet([], {});
    const made = await start(fleet, { args: ['migrate:make', 'add_something', '--js'] });
    const { exitCode, output } = await made.ended;
    expect(output).toMatch(hasNamespaces ? /EROFS/ : /EACCES/);
    expect(exitCode).toBe(3);
  });

  test('migrates the central database, which is not among the tenants’ migrations', async () => {
    const latest = await start(await realFleet([], {}), { args: ['migrate:latest'] });
    const { exitCode, output } = await latest.ended;
    expect(output).toMatch(/up to date/);
    expect(exitCode).toBe(0);
  });

  test('ends a tenant’s statements on SIGTERM, says so by 130, and goes on when it is started again', async () => {
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

  test('has no secret, no source and no tool of development', async () => {
    const app = join(image.root, image.workdir);
    expect((await readdir(image.root)).sort()).toEqual([image.workdir.slice(1)]);
    expect((await readdir(app)).sort()).toEqual([
      '.fanfold',
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

/** Nobody may write but into what the image leaves open, as on a file system that is read-only. */
async function withoutWriting({ root, workdir }: ImageFolder): Promise<void> {
  await run('chmod', ['-R', 'a-w', root]);
  await run('chmod', ['1777', join(root, workdir, '.fanfold')]);
}
