import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { FanfoldError } from '../../../core/errors.ts';
import { displayPath } from '../display-path.ts';

/** The possible names of the configuration file. */
const NAMES = ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs', 'json'].map(
  (extension) => `fanfold.config.${extension}`,
);

/**
 * Finds the configuration file in a folder, or above it up to the folder of the nearest package.json.
 * Throws `ConfigAmbiguous` if a folder has two.
 *
 * No library does this, because those that exist need the user's home folder, which a container may not
 * have.
 *
 * @returns the full path
 */
export function findConfigFile(directory: string): string | undefined {
  const last = projectFolder(directory);
  for (let folder = resolve(directory); ; folder = dirname(folder)) {
    const found = NAMES.map((name) => join(folder, name)).filter((path) => existsSync(path));
    if (found.length > 1) throw configAmbiguous(found);
    if (found.length === 1 || folder === last) return found[0];
  }
}

/** The nearest folder at or above `directory` that has a package.json; if there is none, the folder itself. */
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
    `There are two configuration files, and nothing shows which one to use: ${shown.join(' and ')}.`,
    {
      fault: 'configuration',
      nextStep: "Keep one of them. If one is a compiler's output, delete that one.",
    },
  );
}
