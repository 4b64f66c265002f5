import { FanfoldError } from '../errors.ts';
import { commandSpan } from '../wording/command-span.ts';
import type { MigrationsFolder } from './project-files.ts';

/** The folder of the tenants' migrations if nothing is configured. */
export const USUAL_FOLDER = './migrations/tenant';

/**
 * Finds the folder of the tenants' migrations. If there are several candidates, or one whose owner is
 * unclear, `ask` decides. Nobody wants the central database's migrations in a tenant: throws
 * `MigrationsFolderUnclear` if it would be a guess and there is no terminal.
 */
export async function chooseFolder(
  found: readonly MigrationsFolder[],
  ask?: (folders: readonly string[]) => Promise<string>,
): Promise<string> {
  const paths = (belongsTo: MigrationsFolder['belongsTo']) =>
    found.filter((folder) => folder.belongsTo === belongsTo).map(({ path }) => path);
  const [tenants, ...more] = paths('tenants');
  if (tenants !== undefined && more.length === 0) return tenants;
  const open = tenants === undefined ? paths('unknown') : [tenants, ...more];
  if (open.length === 0) return USUAL_FOLDER;
  if (ask === undefined) throw folderUnclear(open);
  return ask(open.includes(USUAL_FOLDER) ? open : [...open, USUAL_FOLDER]);
}

function folderUnclear(paths: readonly string[]): FanfoldError {
  const [first = USUAL_FOLDER] = paths;
  return new FanfoldError(
    'MigrationsFolderUnclear',
    paths.length === 1
      ? `The migrations in ${first} may be those of the tenants or of the central database; its name does not say.`
      : `${paths.length} folders can hold the migrations of the tenants: ${paths.join(', ')}.`,
    {
      fault: 'usage',
      nextStep: `Name the folder that is meant, also one that is not there yet: ${commandSpan('init', '--migrations', first)}`,
    },
  );
}
