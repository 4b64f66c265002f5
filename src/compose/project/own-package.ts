import { basename, dirname, resolve } from 'node:path';
import knexJson from 'knex/package.json' with { type: 'json' };
import packageJson from '../../../package.json' with { type: 'json' };
import { findPackage, type InstalledPackage } from '../../adapters/local/packages/find-package.ts';
import { refuseOtherVersion } from '../../adapters/local/packages/refuse-other-version.ts';
import type { Project } from './load-project.ts';

/** The repository, or `dist` of the installed package, which contains what it needs. */
const ROOT = resolve(import.meta.dirname, '../../..');
const IS_BUILT = basename(ROOT) === 'dist';

/** The copy of our package that runs. */
export function ownPackage(): InstalledPackage {
  return { version: packageJson.version, folder: IS_BUILT ? dirname(ROOT) : ROOT };
}

/** Our own Knex, which is a part of the built package: any that is installed there is somebody else's. */
export function ownKnexPackage(): InstalledPackage | undefined {
  return IS_BUILT
    ? { version: knexJson.version, folder: ownPackage().folder }
    : findPackage('knex', import.meta.dirname);
}

/** Throws `FanfoldTwice` if the project has another version of our package than the one that runs. */
export function checkOwnCopy({ folder }: Project): void {
  refuseOtherVersion(ownPackage(), folder);
}
