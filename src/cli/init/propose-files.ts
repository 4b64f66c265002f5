import { dirname, relative, resolve, sep } from 'node:path';
import { chooseFolder, USUAL_FOLDER } from '../../core/adoption/choose-folder.ts';
import type { ProjectFiles } from '../../core/adoption/project-files.ts';
import { FanfoldError } from '../../core/errors.ts';
import { countOf } from '../../core/wording/count-of.ts';
import type { InitOptions } from '../options/init-options.ts';
import { printable } from '../output/printable.ts';
import type { AdoptionWiring } from '../wiring/wire-adoption.ts';
import type { Questions } from './questions.ts';

/** Files of the project for the configuration. */
export interface ProposedFiles {
  /** Relative to the project, with `./`. */
  readonly migrationsFolder: string;
  /** The number of migrations in it. */
  readonly migrations: number;
  readonly knexfile: string | undefined;
  /** An existing knexfile that is not used, with the reason. */
  readonly leftOut: string | undefined;
}

/** Finds the folder of the tenant migrations and the knexfile; asks if something is unclear. */
export async function proposeFiles(
  wiring: AdoptionWiring,
  project: ProjectFiles,
  options: InitOptions,
  questions: Questions | undefined,
): Promise<ProposedFiles> {
  const migrationsFolder =
    options.migrations === undefined
      ? await chooseFolder(
          project.migrationsFolders,
          questions &&
            ((folders) =>
              questions.choose(
                'Which folder holds the tenant migrations?',
                folders.map((value) => ({ name: printable(value), value })),
              )),
        )
      : fromProject(project.folder, options.migrations);
  const found = project.migrationsFolders.find(({ path }) => path === migrationsFolder);
  return {
    migrationsFolder,
    migrations: found?.files ?? 0,
    ...(await proposeKnexfile(wiring, project, migrationsFolder, options)),
  };
}

/** The folder for the configuration; `undefined` for the default folder. */
export function mentionedFolder({ migrationsFolder }: ProposedFiles): string | undefined {
  return migrationsFolder === USUAL_FOLDER ? undefined : migrationsFolder;
}

/** The files that were found. */
export function fileLines({
  migrationsFolder,
  migrations,
  knexfile,
  leftOut,
}: ProposedFiles): string[] {
  const folder = printable(migrationsFolder);
  return [
    migrations === 0
      ? `⚠️  Migrations: none in ${folder} yet`
      : `✅ Migrations: ${countOf(migrations, 'file')} in ${folder}`,
    ...(knexfile === undefined ? [] : [`✅ Knex: settings from ${printable(knexfile)}`]),
    ...(leftOut === undefined ? [] : [`⚠️  Knex: ${printable(leftOut)}`]),
  ];
}

/** Uses a knexfile that was named, or fails; uses one that exists if it is for the same migrations. */
async function proposeKnexfile(
  wiring: AdoptionWiring,
  { folder, knexfiles }: ProjectFiles,
  migrationsFolder: string,
  { knexfile: named, env }: InitOptions,
): Promise<Pick<ProposedFiles, 'knexfile' | 'leftOut'>> {
  const none = { knexfile: undefined, leftOut: undefined };
  if (named === false) return none;
  if (named !== undefined) {
    const file = fromProject(folder, named);
    await wiring.loadKnexfile(file, env);
    return { ...none, knexfile: file };
  }
  const [file] = knexfiles;
  if (file === undefined) return none;
  const why = await whyLeftOut(wiring, file, resolve(folder, migrationsFolder), env);
  if (why === undefined) return { ...none, knexfile: file };
  return { ...none, leftOut: `${file} is not used: ${why} To use it: --knexfile ${file}` };
}

async function whyLeftOut(
  wiring: AdoptionWiring,
  file: string,
  migrationsFolder: string,
  env: string | undefined,
): Promise<string | undefined> {
  try {
    const knexfile = await wiring.loadKnexfile(file, env);
    const { directory } = knexfile.migrations;
    if (directory === undefined) return undefined;
    const isTheirs = resolve(dirname(knexfile.file), directory) === migrationsFolder;
    return isTheirs ? undefined : `its migrations are in ${directory}.`;
  } catch (error) {
    if (!(error instanceof FanfoldError)) throw error;
    return error.message;
  }
}

function fromProject(folder: string, path: string): string {
  const inside = relative(folder, resolve(folder, path)).split(sep).join('/');
  return inside.startsWith('..') ? inside : `./${inside}`;
}
