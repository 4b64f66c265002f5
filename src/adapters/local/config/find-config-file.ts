import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { FanfoldError } from '../../../core/errors.ts';
import { displayPath } from '../display-path.ts';

/** Names of the configuration file. */
const NAMES = ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs', 'json'].map(
  (extension) => `fanfold.config.${extension}`,
);

/**
 * Finds the configuration file: in a folder, or above it as far as the project reaches, which is up to the
 * nearest package.json. Throws `ConfigAmbiguous` if a folder has two.
 *
 * By itself, since libraries for it ask for the user's home, which a container need not have.
 *
 * @returns its full path
 */
export function findConfigFile(directory: string): string | undefined {
  const last = projectFolder(directory);
  for (let folder = resolve(directory); ; folder = dirname(folder)) {
    const found = NAMES.map((name) => join(folder, name)).filter((path) => existsSync(path));
    if (found.length > 1) throw configAmbiguous(found);
    if (found.length === 1 || folder === last) return found[0];
  }
}

/** The nearest folder at or above one that has a package.json; without one, the folder itself. */
export function projectFolder(directory: string): string {
  for (let folder = resolve(directory); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) return resolve(directory);
  }
}

function configAmbiguous(paths: readonly string[]): FanfoldError {
  const shown = paths.map(displayPath);
  return new FanfoldError(
    'ConfigAmbiguous',
    `There are two configuration files, and no telling which is meant: ${shown.join(' and ')}.`,
    {
      fault: 'configuration',
      nextStep: 'Keep one of them; what a compiler has made of the other is to be deleted.',
    },
  );
}
