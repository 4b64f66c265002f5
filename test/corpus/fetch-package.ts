import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** One published version of a package. */
export interface PackageVersion {
  readonly name: string;
  readonly version: string;
  /** As the registry and lock files have it: `sha512-` and the hash of the tarball. */
  readonly integrity: string;
  /**
   * A day, as `2026-11-28`. Its dependencies are installed too, in the newest versions of that day, for
   * packages whose migrations import something.
   */
  readonly dependenciesOf?: string;
}

/** A package is some megabytes; with its dependencies a few hundred. */
const FETCH_MS = 300_000;

/** Folder of the packages: `FANFOLD_CORPUS_CACHE`, or a folder that npm and git leave alone. */
function cacheFolder(): string {
  return resolve(process.env.FANFOLD_CORPUS_CACHE ?? 'node_modules/.cache/fanfold-corpus');
}

/**
 * The folder of a package of exactly this version, fetched once and kept. No script of it is run. Throws
 * if the registry has another tarball under this version than the one whose hash is known.
 */
export async function fetchPackage(wanted: PackageVersion): Promise<string> {
  const { name, version, integrity, dependenciesOf } = wanted;
  const folder = join(cacheFolder(), `${name.replace('/', '__')}@${version}`);
  const root =
    dependenciesOf === undefined ? join(folder, 'package') : join(folder, 'node_modules', name);
  if (existsSync(root)) return root;
  const unfinished = `${folder}.${process.pid}`;
  await mkdir(unfinished, { recursive: true });
  try {
    const tarball = await packed(unfinished, name, version, integrity);
    if (dependenciesOf === undefined) await run('tar', ['xzf', tarball, '-C', unfinished]);
    else await installInto(unfinished, tarball, dependenciesOf);
    await rm(tarball);
    await rename(unfinished, folder);
    return root;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function packed(
  folder: string,
  name: string,
  version: string,
  integrity: string,
): Promise<string> {
  const { stdout } = await run(
    'npm',
    ['pack', `${name}@${version}`, '--ignore-scripts', '--silent', '--pack-destination', folder],
    { timeout: FETCH_MS },
  );
  const tarball = join(folder, stdout.trim().split('\n').at(-1) ?? '');
  const found = `sha512-${createHash('sha512')
    .update(await readFile(tarball))
    .digest('base64')}`;
  if (found !== integrity)
    throw new Error(
      `The tarball of ${name}@${version} has the hash ${found}, expected was ${integrity}. Do not run it; find out who changed it.`,
    );
  return tarball;
}

async function installInto(folder: string, tarball: string, day: string): Promise<void> {
  await run(
    'npm',
    [
      'install',
      tarball,
      `--before=${day}`,
      '--ignore-scripts',
      '--omit=dev',
      '--omit=optional',
      '--no-audit',
      '--no-fund',
      '--silent',
      '--prefix',
      folder,
    ],
    { timeout: FETCH_MS, cwd: folder, maxBuffer: 1 << 26 },
  );
}
