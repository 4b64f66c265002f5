import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { repository } from '../../scripts/repository.mjs';

const run = promisify(execFile);

/** Packages without an exact version are installed in the newest one of this day. */
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

/** Files of an earlier run, and of an earlier version of the project's sources. */
const NOT_PACKAGES = [
  ...['src', 'lib', 'bin', 'test', 'dist', 'migrations', '.github'],
  ...['.fanfold', 'cdk.out', 'plan.xml', 'tenants.xml'],
];

/**
 * Installs a project, whose sources are in the given folder, with its packages and the tarball, and
 * returns its folder. The packages are fetched once, by exact versions, and kept; the sources and Fanfold
 * itself are copied each time. No script of a package is run.
 */
export async function installProject(sources: string, tarball: string): Promise<string> {
  const folder = join(cacheFolder(), `${basename(sources)}-${keyOf(sources)}`);
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
  for (const old of NOT_PACKAGES) {
    rmSync(join(folder, old), { recursive: true, force: true });
  }
  cpSync(sources, folder, { recursive: true });
  const packed = join(folder, 'node_modules/fanfold');
  for (const old of readdirSync(packed)) {
    // Packages that the project has in another version are in here.
    if (old !== 'node_modules') rmSync(join(packed, old), { recursive: true });
  }
  await run('tar', ['xzf', tarball, '-C', packed, '--strip-components=1']);
  // As npm does with what a package names as its binary.
  chmodSync(join(packed, 'bin/fanfold.cjs'), 0o755);
  return folder;
}

/** Part of the folder's name, which differs as soon as other packages are needed. */
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
