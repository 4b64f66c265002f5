import { existsSync, globSync, lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './repository.mjs';

interface LockedPackage {
  readonly dev?: true;
  readonly devOptional?: true;
  readonly peer?: true;
}

/**
 * Measures an installation of the package on this machine, with the dependencies that the lock file names.
 *
 * @param staged folder of the package as npm packs it
 */
export function installedSize(staged: string): {
  readonly bytes: number;
  readonly packages: number;
} {
  const lock = JSON.parse(readFileSync(join(repository, 'package-lock.json'), 'utf8'));
  const folders = Object.entries<LockedPackage>(lock.packages).flatMap(
    ([path, { dev, devOptional, peer }]) =>
      // Of optional ones, npm installs those for the system that runs this.
      path === '' || dev || devOptional || peer || !existsSync(join(repository, path))
        ? []
        : [join(repository, path)],
  );
  const bytes = [staged, ...folders].reduce((sum, folder) => sum + bytesIn(folder), 0);
  return { bytes, packages: folders.length + 1 };
}

/** Without packages inside of it, which the lock file has as packages of their own. */
function bytesIn(folder: string): number {
  const files = globSync('**', { cwd: folder, exclude: (name) => name === 'node_modules' });
  return files.reduce((sum, file) => {
    const found = lstatSync(join(folder, file));
    return sum + (found.isFile() ? found.size : 0);
  }, 0);
}
