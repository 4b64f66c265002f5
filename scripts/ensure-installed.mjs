// Plain JavaScript without dependencies: it has to run on Node 20 before anything is installed.
import { spawnSync } from 'node:child_process';
import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateClient } from './generate-client.mjs';
import { repository } from './repository.mjs';

/**
 * Brings node_modules and the generated Prisma client up to date with the checkout, and prints that only if
 * there is something to do. Ends the process if the installation fails.
 */
export function ensureInstalled() {
  if (!isInstalled()) {
    if (isShared()) warnOfShared();
    else install();
  }
  generateClient();
}

/**
 * Whether node_modules is a link, as in a working tree that shares the packages of another one. "npm ci"
 * would delete them there, under whatever is running.
 */
function isShared() {
  const folder = lstatSync(join(repository, 'node_modules'), { throwIfNoEntry: false });
  return folder?.isSymbolicLink() === true;
}

function warnOfShared() {
  process.stderr.write(
    'node_modules is a link, and its packages are not those of package-lock.json. ' +
      'Run "npm ci" where the link points to.\n',
  );
}

/**
 * npm writes the tree that it installed to node_modules/.package-lock.json as its last step, so both an
 * interrupted installation and a newer lock file are noticed.
 */
function isInstalled() {
  const installed = packagesOf(join('node_modules', '.package-lock.json'));
  if (installed === undefined) return false;
  return Object.entries(packagesOf('package-lock.json') ?? {}).every(([path, wanted]) => {
    if (path === '') return true;
    const found = installed[path];
    // Optional packages may be for another platform, and absent here.
    return found === undefined ? wanted.optional === true : found.version === wanted.version;
  });
}

function packagesOf(lockFile) {
  try {
    return JSON.parse(readFileSync(join(repository, lockFile), 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function install() {
  process.stderr.write('Installing dependencies (once)…\n');
  // The log level hides that the system's own Node is older than what some packages ask for:
  // they run on the Node that is being installed.
  const result = spawnSync('npm', ['ci', '--loglevel=error'], {
    cwd: repository,
    encoding: 'utf8',
    // npm is a .cmd file on Windows, which only a shell can start.
    shell: process.platform === 'win32',
  });
  if (result.status === 0) return;
  process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}${result.error ?? ''}\n`);
  process.stderr.write('"npm ci" failed; its output is above.\n');
  process.exit(1);
}
