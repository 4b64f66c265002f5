import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { type Loader, type Plugin, transform } from 'esbuild';
import { splitMigrationName } from '../core/bundle/bundle.ts';
import type { FilesBeside } from './leaner.ts';

/** Folder, below that of the function's code, with what migrations read from the disk. */
const FOLDER = 'migrations';
/** What the code calls that folder's path. */
const FOLDER_NAME = '__fanfoldMigrations';

/** Goes before all other code of a function. */
export const PLACES_BANNER = `const ${FOLDER_NAME}=import.meta.dirname+'/${FOLDER}';`;

const ASKS_FOR_PLACE = /\b__dirname\b|\b__filename\b|\bimport\.meta\b/;

/** What a module may ask of its place, and the variables that say so in the bundle. */
const PLACES = {
  __dirname: '__fanfoldDirectory',
  'import.meta.dirname': '__fanfoldDirectory',
  __filename: '__fanfoldFile',
  'import.meta.filename': '__fanfoldFile',
  'import.meta.url': '__fanfoldUrl',
};

/**
 * An esbuild plugin by which a migration finds the files that lie beside it, such as one of SQL, also
 * when it is part of a function: `__dirname` and its like name a folder that has them. They are put
 * into `beside` where a migration asks for its place at all.
 *
 * @param folder full path of the migrations
 */
export function migrationPlaces(folder: string, beside: FilesBeside): Plugin {
  let filesBeside: Promise<void> | undefined;
  return {
    name: 'migration-places',
    setup(build) {
      build.onLoad({ filter: /\.[cm]?[jt]s$/ }, async ({ path }) => {
        const name = relative(folder, path);
        if (name.startsWith('..') || name.split(sep).includes('node_modules')) return undefined;
        const source = await readFile(path, 'utf8');
        if (!ASKS_FOR_PLACE.test(source)) return undefined;
        filesBeside ??= takeFilesBeside(folder, beside);
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

/** Whether a function's code, its banner included, asks for the place of a migration. */
export function asksForPlace(code: string): boolean {
  return code.split(FOLDER_NAME).length > 2;
}

/** Whether a file is one of those that {@link migrationPlaces} has put beside. */
export function isBesideMigrations(name: string): boolean {
  return name.startsWith(`${FOLDER}/`);
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

/** All files but code and what is hidden: code is in the bundle. */
async function takeFilesBeside(folder: string, beside: FilesBeside): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const parts = relative(folder, path).split(sep);
    const isHidden = parts.some((part) => part.startsWith('.') || part === 'node_modules');
    const isCode = splitMigrationName(entry.name).extension !== '';
    if (!entry.isFile() || isHidden || isCode) continue;
    beside.set(`${FOLDER}/${parts.join('/')}`, await readFile(path));
  }
}
