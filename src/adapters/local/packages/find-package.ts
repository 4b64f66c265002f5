import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** An installed package. */
export interface InstalledPackage {
  readonly version: string;
  /** Its folder, with links followed. */
  readonly folder: string;
}

/** The package that a file in `directory` gets when it imports `name`; undefined if there is none. */
export function findPackage(name: string, directory: string): InstalledPackage | undefined {
  const { resolve } = createRequire(join(directory, 'fanfold.js'));
  const packageJson = tryTo(() => resolve(`${name}/package.json`)) ?? aboveMain(name, resolve);
  return packageJson === undefined ? undefined : installedAt(packageJson, name);
}

/** Whether the nearest package.json lists a package as a dependency. */
export function dependsOn(name: string, directory: string): boolean {
  for (let folder = directory; ; folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (existsSync(file)) {
      const { dependencies, devDependencies, peerDependencies } =
        tryTo(() => JSON.parse(readFileSync(file, 'utf8'))) ?? {};
      return name in { ...dependencies, ...devDependencies, ...peerDependencies };
    }
    if (folder === dirname(folder)) return false;
  }
}

/** Finds the package.json of a package whose `exports` do not include it. */
function aboveMain(name: string, resolve: (id: string) => string): string | undefined {
  const main = tryTo(() => resolve(name));
  // A built-in module of Node has no folder.
  if (main === undefined || main === name) return undefined;
  for (let folder = dirname(main); folder !== dirname(folder); folder = dirname(folder)) {
    const packageJson = join(folder, 'package.json');
    if (existsSync(packageJson) && installedAt(packageJson, name) !== undefined) return packageJson;
  }
  return undefined;
}

function installedAt(packageJson: string, name: string): InstalledPackage | undefined {
  return tryTo(() => {
    const file = realpathSync(packageJson);
    const { name: found, version } = JSON.parse(readFileSync(file, 'utf8'));
    return found === name && typeof version === 'string'
      ? { version, folder: dirname(file) }
      : undefined;
  });
}

function tryTo<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
