import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { ENTRIES } from './entries.ts';
import { OWN_REQUIRE } from './own-places.ts';

/** ES modules have these, and CommonJS has other names for them. */
const PLACES = {
  'import.meta.url': '__fanfoldUrl',
  'import.meta.dirname': '__dirname',
  'import.meta.filename': '__filename',
};
const STRICT = "'use strict';";
const URL_BANNER = "const __fanfoldUrl = require('node:url').pathToFileURL(__filename).href;";

/**
 * Makes CommonJS of the bundled ES modules in `dist`, file by file, in `dist/cjs`: for programs that
 * require, among them Nest with its defaults, and Jest, which cannot load an ES module that somebody
 * requires. Files, not one bundle an entry: the entries share what they have in common, and a service
 * loads what it uses. An `import()` becomes a `require` that waits until then, since Jest has none.
 */
export async function buildCommonJs(dist: string): Promise<void> {
  const output = join(dist, 'cjs');
  const inputs = await modulesBehind(dist);
  await build({
    absWorkingDir: dist,
    entryPoints: inputs,
    outdir: output,
    outbase: dist,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    legalComments: 'none',
    supported: { 'dynamic-import': false },
    define: PLACES,
    // ES modules are strict anyway; and wherever the folder is, no tsconfig.json near it counts.
    banner: { js: STRICT },
    minifySyntax: true,
    tsconfigRaw: {},
    plugins: [withoutOwnRequire],
    logLevel: 'warning',
  });
  for (const input of inputs) adapt(join(output, input));
  writeFileSync(join(output, 'package.json'), '{ "type": "commonjs" }\n');
}

/** Our own files that the entries import, at once or later. */
async function modulesBehind(dist: string): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: dist,
    entryPoints: ENTRIES.map((entry) => `${entry}.js`),
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    outdir: 'unwritten',
    write: false,
    metafile: true,
    splitting: true,
    logLevel: 'warning',
  });
  return Object.keys(metafile.inputs);
}

const withoutOwnRequire: Plugin = {
  name: 'without-own-require',
  setup(build) {
    build.onLoad({ filter: /\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(OWN_REQUIRE, ''),
    }));
  },
};

/** Adds the address of a module only if it is used. */
function adapt(file: string): void {
  const text = readFileSync(file, 'utf8');
  if (!text.includes('__fanfoldUrl')) return;
  writeFileSync(file, text.replace(STRICT, `${STRICT}\n${URL_BANNER}`));
}
