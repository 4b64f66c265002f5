import { FanfoldError } from '../../../core/errors.ts';
import { displayPath } from '../display-path.ts';
import { findPackage, type InstalledPackage } from './find-package.ts';

/**
 * Throws `FanfoldTwice` if the project has another version of Fanfold than the one that runs, for example a
 * global installation: the two may write their tables differently.
 */
export function refuseOtherVersion(own: InstalledPackage, projectFolder: string): void {
  const ofProject = findPackage('fanfold', projectFolder);
  if (ofProject === undefined || ofProject.version === own.version) return;
  throw new FanfoldError(
    'FanfoldTwice',
    `This is Fanfold ${own.version} (${displayPath(own.folder)}), and the project has ${ofProject.version} (${displayPath(ofProject.folder)}).`,
    {
      fault: 'configuration',
      nextStep:
        "Run the project's version: `npx fanfold …` in its folder, or an npm script. Or install the same version in both places.",
    },
  );
}
