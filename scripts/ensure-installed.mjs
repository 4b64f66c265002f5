// Plain JavaScript without dependencies: it has to run on Node 20 before anything is installed.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateClient } from './generate-client.mjs';
import { repository } from './repository.mjs';

/**
 * Brings node_modules and the generated Prisma client up to date with the checkout, and says so
 * only when there is something to do. Ends the process where the installation fails.
 */
export function ensureInstalled() {
  if (!isInstalled()) install();
  generateClient();
}

/**
 * npm writes the tree that it installed to node_modules/.package-lock.json as its last step, so an
 * interrupted installation is noticed as well as a lock file that has moved on.
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
