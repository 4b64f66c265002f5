import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { splitMigrationName } from '../../core/bundle/bundle.ts';
import { packageType } from './package-type.ts';

/** The extension and module syntax of a new migration file. */
export interface MigrationForm {
  /** With its dot. */
  readonly extension: string;
  readonly syntax: 'typescript' | 'esm' | 'commonjs';
}

export type MigrationLanguage = 'ts' | 'js';

/**
 * The form of a new migration. It follows the newest file in the folder, so that whatever runs the folder
 * now (such as plain Knex with `loadExtensions`) also accepts the new file. In an empty folder the project
 * decides: TypeScript if it uses it, else JavaScript in the module type of its package.
 *
 * @param language a language that was requested explicitly; only files in that language count then
 */
export async function migrationForm(
  directory: string,
  existing: readonly string[],
  language: MigrationLanguage | undefined,
): Promise<MigrationForm> {
  const newest = existing
    .filter((file) => language === undefined || languageOf(file) === language)
    .sort()
    .at(-1);
  if (newest !== undefined) return formOf(directory, newest);
  return (language ?? (await projectLanguage(directory))) === 'ts'
    ? { extension: '.ts', syntax: 'typescript' }
    : { extension: '.js', syntax: SYNTAX[await packageType(directory)] };
}

const SYNTAX = { module: 'esm', commonjs: 'commonjs' } as const;

function languageOf(file: string): MigrationLanguage {
  return splitMigrationName(file).extension.endsWith('ts') ? 'ts' : 'js';
}

async function formOf(directory: string, file: string): Promise<MigrationForm> {
  const { extension } = splitMigrationName(file);
  if (languageOf(file) === 'ts') return { extension, syntax: 'typescript' };
  if (extension === '.mjs') return { extension, syntax: 'esm' };
  if (extension === '.cjs') return { extension, syntax: 'commonjs' };
  const source = (await readIfThere(join(directory, file))) ?? '';
  return { extension, syntax: syntaxOf(source) ?? SYNTAX[await packageType(directory)] };
}

/** The syntax of a `.js` file by its source: with a compiler in between, the package's type does not decide. */
function syntaxOf(source: string): 'esm' | 'commonjs' | undefined {
  if (/^export\s/m.test(source)) return 'esm';
  return /^\s*(?:module\.)?exports\b/m.test(source) ? 'commonjs' : undefined;
}

/** TypeScript, unless there is a package without any sign of TypeScript. */
async function projectLanguage(directory: string): Promise<MigrationLanguage> {
  let hasPackage = false;
  for (const folder of withAncestors(directory)) {
    if ((await readIfThere(join(folder, 'tsconfig.json'))) !== undefined) return 'ts';
    const text = await readIfThere(join(folder, 'package.json'));
    if (text === undefined) continue;
    if (/"typescript"\s*:/.test(text)) return 'ts';
    hasPackage = true;
  }
  return hasPackage ? 'js' : 'ts';
}

function* withAncestors(folder: string): Generator<string> {
  yield folder;
  const parent = dirname(folder);
  if (parent !== folder) yield* withAncestors(parent);
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
}
