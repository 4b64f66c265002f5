import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ConfigLanguage } from '../../../core/adoption/config-source.ts';
import type { MigrationsFolder, ProjectFiles } from '../../../core/adoption/project-files.ts';
import { packageType } from '../package-type.ts';
import { findMigrationsFolders } from './find-migrations-folders.ts';

const KNEXFILES = ['ts', 'js', 'mjs', 'cjs'].map((extension) => `knexfile.${extension}`);

/** Examines a project by its file names, package.json and tsconfig.json; runs no code of it. */
export async function readProjectFiles(folder: string): Promise<ProjectFiles> {
  const migrationsFolders = await findMigrationsFolders(folder);
  const type = await packageType(folder);
  const language = isTypeScript(folder) ? 'typescript' : type === 'module' ? 'esm' : 'commonjs';
  return {
    folder,
    language,
    configFile: configFileOf(folder, language, type),
    migrationsFolders,
    knexfiles: findKnexfiles(folder, migrationsFolders),
  };
}

/** In a CommonJS project with `verbatimModuleSyntax`, only `.mts` may have imports. */
function configFileOf(
  folder: string,
  language: ConfigLanguage,
  type: 'module' | 'commonjs',
): string {
  if (language !== 'typescript') return 'fanfold.config.js';
  const tsconfig = readText(join(folder, 'tsconfig.json')) ?? '';
  const isVerbatim = /"verbatimModuleSyntax"\s*:\s*true/.test(tsconfig);
  return isVerbatim && type === 'commonjs' ? 'fanfold.config.mts' : 'fanfold.config.ts';
}

function isTypeScript(folder: string): boolean {
  if (existsSync(join(folder, 'tsconfig.json'))) return true;
  try {
    const { dependencies, devDependencies } = JSON.parse(
      readText(join(folder, 'package.json')) ?? '{}',
    );
    return 'typescript' in { ...dependencies, ...devDependencies };
  } catch {
    return false;
  }
}

/** Finds knexfiles beside the migrations, in the folders above them, and in the project itself. */
function findKnexfiles(project: string, folders: readonly MigrationsFolder[]): string[] {
  const places = new Set<string>();
  for (const { path, belongsTo } of folders) {
    if (belongsTo === 'others') continue;
    for (let place = path; place !== '.' && place !== '/'; place = dirname(place))
      places.add(place);
  }
  places.add('.');
  return [...places].flatMap((place) =>
    KNEXFILES.filter((name) => existsSync(join(project, place, name))).map((name) =>
      place === '.' ? `./${name}` : `${place}/${name}`,
    ),
  );
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
