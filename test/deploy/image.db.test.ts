import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { fleetAsleep, slowMigration } from '../cli/support/asleep.ts';
import { type RealFleet, realFleet, writeMigrations } from '../cli/support/real-fleet.ts';
import { testServer } from '../support/server.ts';
import { buildImageFolder, type ImageFolder } from './support/build-image-folder.ts';

const run = promisify(execFile);

vi.setConfig({ testTimeout: 120_000, hookTimeout: 240_000 });

// Building takes as long as all the rest, and the server is nothing to it.
describe.skipIf(testServer().flavour === 'mysql')('what the Dockerfile copies', () => {
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

  /** Starts the image as an engine would: its command and user, its environment and no other. */
  function start(fleet: RealFleet, more: Readonly<Record<string, string>> = {}, args?: string[]) {
    const [program = '', ...entry] = [...image.entrypoint, ...(args ?? image.command)].map(
      (word) => (word.startsWith('/') ? join(image.root, word) : word),
    );
    const [uid, gid] = image.user.split(':').map(Number);
    const child = spawn(program, entry, {
      cwd: join(image.root, image.workdir),
      env: { PATH: dirname(process.execPath), ...image.env, ...fleet.env, ...more },
      ...(process.getuid?.() === 0 ? { uid, gid } : {}),
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    return { child, ended: once(child, 'close').then(([code]) => ({ exitCode: code, output })) };
  }

  test('migrates all tenants by the command that the image has, and writes into its volume alone', async () => {
    const fleet = await realFleet(['Acme', 'Beta'], {});
    const { exitCode, output } = await start(fleet).ended;
    expect(output).toContain('✅ Successful: 2\n❌ Failed: 0\n');
    expect(exitCode).toBe(0);
    const runs = join(image.root, image.workdir, '.fanfold/runs');
    expect(await readdir(runs)).toHaveLength(1);
    const again = await start(fleet, {}, ['migrate:status']).ended;
    expect(again).toMatchObject({ exitCode: 0 });
  });

  test('migrates the central database, which is not among the tenants’ migrations', async () => {
    const { exitCode, output } = await start(await realFleet([], {}), {}, ['migrate:latest']).ended;
    expect(output).toMatch(/up to date/);
    expect(exitCode).toBe(0);
  });

  test('ends a tenant’s statements on SIGTERM, says so by 130, and goes on when it is started again', async () => {
    const fleet = await realFleet(['Acme', 'Beta', 'Gamma'], slowMigration(1));
    const more = { FANFOLD_MIGRATIONS_DIR: join(fleet.folder, 'migrations/tenant') };
    await chmod(fleet.folder, 0o755);
    const args = ['migrate:all-tenants', '--concurrency', '1'];
    const { child, ended } = start(fleet, more, args);
    await fleetAsleep(fleet);
    child.kill('SIGTERM');
    const { exitCode, output } = await ended;
    expect(output).toContain('✅ Successful: 1\n❌ Failed: 0\n⏩ Skipped: 2\n');
    expect(exitCode).toBe(130);

    await writeMigrations(fleet.folder, slowMigration(0));
    const next = await start(fleet, more, args).ended;
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
