import { readdir, readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { type Loader, type Plugin, transform } from 'esbuild';
import { splitMigrationName } from '../core/bundle/bundle.ts';
import type { FilesBeside } from './leaner.ts';

/** Variable in the bundle with the path of the folder whose files migrations read. */
const FOLDER_NAME = '__fanfoldMigrations';

/** The text that goes before all other code of a function. */
export function placesBanner(place: string): string {
  return `const ${FOLDER_NAME}=import.meta.dirname+${JSON.stringify(`/${place}`)};`;
}

/**
 * The folder in which migrations find themselves, below the folder of a function's code. It is the path
 * that they have in the project, so that `../seeds` still leads to the seeds. Migrations outside of the
 * project get the folder `migrations`.
 */
export function placeOfMigrations(folder: string, projectFolder: string): string {
  const path = relative(projectFolder, folder).split(sep).join('/');
  return path === '' || path.startsWith('..') || isAbsolute(path) ? 'migrations' : path;
}

const ASKS_FOR_PLACE = /\b__dirname\b|\b__filename\b|\bimport\.meta\b/;

/** Expressions by which a module finds its place, and the variables that replace them in the bundle. */
const PLACES = {
  __dirname: '__fanfoldDirectory',
  'import.meta.dirname': '__fanfoldDirectory',
  __filename: '__fanfoldFile',
  'import.meta.filename': '__fanfoldFile',
  'import.meta.url': '__fanfoldUrl',
};

/**
 * An esbuild plugin that lets a migration in a function find the files beside it, such as SQL files:
 * `__dirname` and its like name a folder that has them. The plugin adds the files to `beside` if any
 * migration reads its place.
 *
 * @param folder full path of the migrations
 * @param place the folder in which they find themselves, below that of the function's code
 */
export function migrationPlaces(folder: string, place: string, beside: FilesBeside): Plugin {
  let filesBeside: Promise<void> | undefined;
  return {
    name: 'migration-places',
    setup(build) {
      build.onLoad({ filter: /\.[cm]?[jt]s$/ }, async ({ path }) => {
        const name = relative(folder, path);
        if (name.startsWith('..') || name.split(sep).includes('node_modules')) return undefined;
        const source = await readFile(path, 'utf8');
        if (!ASKS_FOR_PLACE.test(source)) return undefined;
        filesBeside ??= takeFilesBeside(folder, place, beside);
        await filesBeside;
        return {
          contents: placesOf(name) + (await withPlaces(source, path)),
          resolveDir: dirname(path),
          loader: 'js',
        };
      });
    },
  };
}

/** Whether a function's code, including its banner, reads the place of a migration. */
export function asksForPlace(code: string): boolean {
  return code.split(FOLDER_NAME).length > 2;
}

/** Whether {@link migrationPlaces} added this file. */
export function isBesideMigrations(name: string, place: string): boolean {
  return name.startsWith(`${place}/`);
}

async function withPlaces(source: string, path: string): Promise<string> {
  const extension = /\.[cm]?([jt]s)$/.exec(path)?.[1] as Loader;
  const { code } = await transform(source, {
    define: PLACES,
    loader: extension,
    sourcefile: path,
    sourcemap: 'inline',
    tsconfigRaw: {},
  });
  return code;
}

/** On one line with what follows, so that line numbers stay as they are. */
function placesOf(name: string): string {
  const path = (file: string) => JSON.stringify(`/${file.split(sep).join('/')}`);
  const directory = dirname(name);
  return [
    `var __fanfoldDirectory=${FOLDER_NAME}${directory === '.' ? '' : `+${path(directory)}`},`,
    `__fanfoldFile=${FOLDER_NAME}+${path(name)},`,
    `__fanfoldUrl=require("node:url").pathToFileURL(__fanfoldFile).href;`,
  ].join('');
}

/** All files except code, which is in the bundle, and hidden ones. */
async function takeFilesBeside(folder: string, place: string, beside: FilesBeside): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const parts = relative(folder, path).split(sep);
    const isHidden = parts.some((part) => part.startsWith('.') || part === 'node_modules');
    const isCode = splitMigrationName(entry.name).extension !== '';
    if (!entry.isFile() || isHidden || isCode) continue;
    beside.set(`${place}/${parts.join('/')}`, await readFile(path));
  }
}
