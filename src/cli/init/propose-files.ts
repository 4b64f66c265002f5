import { dirname, relative, resolve, sep } from 'node:path';
import { chooseFolder, USUAL_FOLDER } from '../../core/adoption/choose-folder.ts';
import type { ProjectFiles } from '../../core/adoption/project-files.ts';
import { FanfoldError } from '../../core/errors.ts';
import { countOf } from '../../core/wording/count-of.ts';
import type { InitOptions } from '../options/init-options.ts';
import { printable } from '../output/printable.ts';
import type { Wiring } from '../wiring.ts';
import type { Questions } from './questions.ts';

/** Files of the project that the configuration names. */
export interface ProposedFiles {
  /** Relative to the project, with `./`. */
  readonly migrationsFolder: string;
  /** How many migrations are in it. */
  readonly migrations: number;
  readonly knexfile: string | undefined;
  /** A knexfile that is there and not taken, and why. */
  readonly leftOut: string | undefined;
}

/** Finds the folder of the tenants' migrations and Knex's settings; asks what is not clear. */
export async function proposeFiles(
  wiring: Wiring,
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
                'Which folder holds the migrations of the tenants?',
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

/** `undefined` for the folder that needs no mention. */
export function mentionedFolder({ migrationsFolder }: ProposedFiles): string | undefined {
  return migrationsFolder === USUAL_FOLDER ? undefined : migrationsFolder;
}

/** What was found of the files, for people. */
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
    ...(knexfile === undefined ? [] : [`✅ Knex: the settings of ${printable(knexfile)}`]),
    ...(leftOut === undefined ? [] : [`⚠️  Knex: ${printable(leftOut)}`]),
  ];
}

/** One that was named is taken or refused; one that lies there is taken if it is of these migrations. */
async function proposeKnexfile(
  wiring: Wiring,
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
  return { ...none, leftOut: `${file} is left out: ${why} --knexfile ${file} takes it.` };
}

async function whyLeftOut(
  wiring: Wiring,
  file: string,
  migrationsFolder: string,
  env: string | undefined,
): Promise<string | undefined> {
  try {
    const knexfile = await wiring.loadKnexfile(file, env);
    const { directory } = knexfile.migrations;
    if (directory === undefined) return undefined;
    const isTheirs = resolve(dirname(knexfile.file), directory) === migrationsFolder;
    return isTheirs ? undefined : `its migrations are those in ${directory}.`;
  } catch (error) {
    if (!(error instanceof FanfoldError)) throw error;
    return error.message;
  }
}

function fromProject(folder: string, path: string): string {
  const inside = relative(folder, resolve(folder, path)).split(sep).join('/');
  return inside.startsWith('..') ? inside : `./${inside}`;
}
