import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { repository } from '../../scripts/repository.mjs';

const run = promisify(execFile);

/** Versions that packages without an exact one are taken in: the newest of that day. */
const DAY = '2026-11-29';
/** Nest, Jest, the CDK and what Fanfold needs are a few hundred megabytes. */
const INSTALL_MS = 600_000;

/**
 * Outside of the repository, so that a project finds nothing in our node_modules:
 * `FANFOLD_PACKAGE_CACHE`, or a folder for temporary files.
 */
function cacheFolder(): string {
  return resolve(process.env.FANFOLD_PACKAGE_CACHE ?? join(tmpdir(), 'fanfold-projects'));
}

/**
 * A project of `projects/` with its packages and the tarball installed. The packages are fetched once,
 * by exact versions, and kept; the sources and Fanfold itself are those of today. No script of a package
 * is run.
 */
export async function installProject(name: string, tarball: string): Promise<string> {
  const sources = join(import.meta.dirname, 'projects', name);
  const folder = join(cacheFolder(), `${name}-${keyOf(sources)}`);
  if (!existsSync(folder)) {
    const unfinished = `${folder}.${process.pid}`;
    try {
      mkdirSync(unfinished, { recursive: true });
      cpSync(join(sources, 'package.json'), join(unfinished, 'package.json'));
      const flags = ['--no-save', `--before=${DAY}`, '--ignore-scripts', '--no-audit', '--no-fund'];
      await run('npm', ['install', tarball, ...flags, '--silent'], {
        cwd: unfinished,
        timeout: INSTALL_MS,
        maxBuffer: 1 << 26,
      });
      renameSync(unfinished, folder);
    } finally {
      rmSync(unfinished, { recursive: true, force: true });
    }
  }
  for (const old of ['src', 'lib', 'test', 'dist', 'migrations']) {
    rmSync(join(folder, old), { recursive: true, force: true });
  }
  cpSync(sources, folder, { recursive: true });
  const packed = join(folder, 'node_modules/fanfold');
  for (const old of readdirSync(packed)) {
    // Packages of which the project has another version stand in here.
    if (old !== 'node_modules') rmSync(join(packed, old), { recursive: true });
  }
  await run('tar', ['xzf', tarball, '-C', packed, '--strip-components=1']);
  return folder;
}

/** Another one as soon as other packages are needed. */
function keyOf(sources: string): string {
  const { dependencies, peerDependencies } = JSON.parse(
    readFileSync(join(repository, 'package.json'), 'utf8'),
  );
  return createHash('sha256')
    .update(JSON.stringify([DAY, dependencies, peerDependencies]))
    .update(readFileSync(join(sources, 'package.json')))
    .digest('hex')
    .slice(0, 12);
}
