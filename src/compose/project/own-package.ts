import { basename, dirname, resolve } from 'node:path';
import packageJson from '../../../package.json' with { type: 'json' };
import type { InstalledPackage } from '../../adapters/local/packages/find-package.ts';
import { refuseOtherVersion } from '../../adapters/local/packages/refuse-other-version.ts';
import type { Project } from './load-project.ts';

/** The copy of our package that runs. */
export function ownPackage(): InstalledPackage {
  const folder = resolve(import.meta.dirname, '../../..');
  // Below the package's own folder when it is built.
  return {
    version: packageJson.version,
    folder: basename(folder) === 'dist' ? dirname(folder) : folder,
  };
}

/** Throws `FanfoldTwice` if the project has another version of our package than the one that runs. */
export function checkOwnCopy({ folder }: Project): void {
  refuseOtherVersion(ownPackage(), folder);
}
