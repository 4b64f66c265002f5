import { globSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { type Plugin, transformSync } from 'esbuild';

/** Stands for the way from a written file to `dist` until it is known where the file is. */
const DIST = 'fanfold-dist:/';

/** Asks for the folder of the code that runs, not for other files of the package. */
const ASKS_FOR_RUNNING_CODE = /[\\/]process-host\.js$/;

/**
 * An esbuild plugin: modules of ours that read their own path get the one that they had as compiled files, so that
 * they find the package's other files. {@link resolvePlaces} has to follow.
 */
export function ownPlaces(dist: string): Plugin {
  return {
    name: 'own-places',
    setup(build) {
      build.onLoad({ filter: /\.js$/ }, ({ path }) => {
        const place = relative(dist, path);
        if (place.startsWith('..') || place.includes('node_modules')) return undefined;
        if (ASKS_FOR_RUNNING_CODE.test(path)) return undefined;
        const text = readFileSync(path, 'utf8');
        if (!text.includes('import.meta.')) return undefined;
        const { code } = transformSync(text, { define: PLACES, tsconfigRaw: {} });
        return { resolveDir: dirname(path), contents: placesOf(place) + code };
      });
    },
  };
}

const PLACES = {
  'import.meta.url': '__ownUrl',
  'import.meta.filename': '__ownFile',
  'import.meta.dirname': '__ownFolder',
};

/** Those that a module does not read are removed as unused. */
function placesOf(place: string): string {
  const url = (name: string) => `/* @__PURE__ */ new URL(${JSON.stringify(name)}, import.meta.url)`;
  const file = url(DIST + place);
  const folder = url(DIST + dirname(place));
  return [
    `const __ownUrl = /* @__PURE__ */ String(${file}),`,
    `__ownFile = /* @__PURE__ */ __filePath(${file}),`,
    `__ownFolder = /* @__PURE__ */ __filePath(${folder});`,
  ].join('');
}

/** Text before bundled code, with names that it may use: {@link dropUnusedBanner} removes those that a file does not use. */
const BANNER = {
  __filePath: "import{fileURLToPath as __filePath}from'node:url';",
  // Packages in CommonJS require modules of Node.
  require:
    "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
};

/** Text before every bundled file: for places of our modules, and for packages that require modules of Node. */
export const PLACES_BANNER = Object.values(BANNER).join('');

/** The part of the banner that CommonJS has itself, and refuses a second time. */
export const OWN_REQUIRE = BANNER.require;

/** A `require` takes a quarter of a millisecond to make, and few of the files below a folder use theirs. */
export function dropUnusedBanner(folder: string): void {
  for (const file of globSync('**/*.js', { cwd: folder })) {
    const path = join(folder, file);
    const text = readFileSync(path, 'utf8');
    const rest = text.replace(PLACES_BANNER, '');
    const used = Object.entries(BANNER).filter(([name]) => new RegExp(`\\b${name}\\b`).test(rest));
    writeFileSync(path, text.replace(PLACES_BANNER, used.map(([, part]) => part).join('')));
  }
}

/** Folder below `dist` of what several entries have in common, and of files that bundled code reads. */
export const CHUNKS = 'chunks';

/**
 * Writes the paths that {@link ownPlaces} has left open into the files below `dist`, and those of files that are not
 * code, which bundled code expects beside itself: they are there once.
 */
export function resolvePlaces(dist: string): void {
  const beside = readdirSync(join(dist, CHUNKS)).filter((name) => !name.endsWith('.js'));
  for (const file of globSync('**/*.js', { cwd: dist })) {
    const text = readFileSync(join(dist, file), 'utf8');
    const way = relative(dirname(file), '.');
    const code = text.replaceAll(DIST, `${way}/`);
    const whole =
      dirname(file) === CHUNKS
        ? code
        : beside.reduce((all, name) => withPath(all, name, `${way}/${CHUNKS}/${name}`), code);
    if (whole !== text) writeFileSync(join(dist, file), whole);
  }
}

function withPath(code: string, name: string, path: string): string {
  return code.replaceAll(`"./${name}"`, `"${path}"`).replaceAll(`"${name}"`, `"${path}"`);
}
