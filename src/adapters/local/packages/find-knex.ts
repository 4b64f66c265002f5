import { FanfoldError } from '../../../core/errors.ts';
import { displayPath } from '../display-path.ts';
import { dependsOn, findPackage, type InstalledPackage } from './find-package.ts';

/** The Knex that runs the migrations. */
export interface FoundKnex extends InstalledPackage {
  /** Whether the project or Fanfold installed it. */
  readonly owner: 'project' | 'fanfold';
}

/** The places in which a project may have a Knex. */
export interface KnexPlaces {
  /** The folder of the migrations, which may import Knex themselves. */
  readonly migrationsFolder: string;
  /** The folder in which `npx knex` would run: that of the knexfile, or of the project. */
  readonly projectFolder: string;
  /** Fanfold's own Knex; undefined in a bundled function. */
  readonly own: InstalledPackage | undefined;
}

/**
 * Finds the Knex of a project: the one that its migrations import and that its `npx knex` would run; if it
 * has none, Fanfold's own. Throws `KnexVersionUnsupported`, and `KnexTwice` if migrations and project have
 * different versions, which could compile the same migration to different SQL.
 */
export function findKnex({
  migrationsFolder,
  projectFolder,
  own,
}: KnexPlaces): FoundKnex | undefined {
  const ofMigrations = ownOf(migrationsFolder, own);
  const ofProject = ownOf(projectFolder, own);
  if (
    ofMigrations !== undefined &&
    ofProject !== undefined &&
    ofMigrations.version !== ofProject.version
  ) {
    throw knexTwice(ofMigrations, ofProject);
  }
  const found = ofMigrations ?? ofProject;
  if (found === undefined) return own && { ...own, owner: 'fanfold' };
  checkVersion(found);
  return { ...found, owner: 'project' };
}

/** The Knex of a folder, except Fanfold's own if every file finds it, as in Fanfold's repository. */
function ownOf(folder: string, ours: InstalledPackage | undefined): InstalledPackage | undefined {
  const found = findPackage('knex', folder);
  return found?.folder === ours?.folder && !dependsOn('knex', folder) ? undefined : found;
}

/** The range of versions that the tests cover. */
const SUPPORTED = { major: [2, 3], firstMinorOf2: 4 };

function checkVersion({ version, folder }: InstalledPackage): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = major < 2 || (major === 2 && minor < SUPPORTED.firstMinorOf2);
  if (SUPPORTED.major.includes(major) && !isOld) return;
  throw new FanfoldError(
    'KnexVersionUnsupported',
    `The project has Knex ${version} (${displayPath(folder)}), and Fanfold runs migrations with Knex 2.4 to 3.`,
    {
      fault: 'configuration',
      nextStep: isOld
        ? 'Install a newer one in your project: `npm install knex@3`. Migrations written for an older Knex may compile to different SQL: check `fanfold migrate:plan` and try one tenant first.'
        : 'Install Knex 3 in your project (`npm install knex@3`), or a newer Fanfold.',
    },
  );
}

function knexTwice(ofMigrations: InstalledPackage, ofProject: InstalledPackage): FanfoldError {
  return new FanfoldError(
    'KnexTwice',
    `Two versions of Knex are installed: the migrations import ${ofMigrations.version} (${displayPath(ofMigrations.folder)}), and the project has ${ofProject.version} (${displayPath(ofProject.folder)}). They may compile the same migration to different SQL.`,
    {
      fault: 'configuration',
      nextStep:
        'Remove one of them, or install the same version in both places (`npm ls knex` shows what depends on which).',
    },
  );
}
