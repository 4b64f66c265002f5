import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { build } from 'esbuild';

/** Modules that the package exports, as compiled from `src` and `lib`. */
const ENTRIES = ['src/api/index', 'src/api/service', 'lib/tenant-migrations'];

/** ES modules have these, and CommonJS has other names for them. */
const PLACES = {
  'import.meta.url': '__fanfoldUrl',
  'import.meta.dirname': '__dirname',
  'import.meta.filename': '__filename',
};
const STRICT = "'use strict';";
const URL_BANNER = "const __fanfoldUrl = require('node:url').pathToFileURL(__filename).href;";

/**
 * Makes CommonJS of the compiled ES modules in `dist`, file by file, in `dist/cjs`: for programs that
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
    // Comments of the sources are in the ES modules.
    legalComments: 'none',
    supported: { 'dynamic-import': false },
    define: PLACES,
    // ES modules are strict anyway; and wherever the folder is, no tsconfig.json near it counts.
    banner: { js: STRICT },
    tsconfigRaw: {},
    logLevel: 'warning',
  });
  for (const input of inputs) adapt(join(output, input));
  copyDeclarations(dist, output);
  standIn(output);
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

/** Adds the address of a module only if it is used, and loads Prisma's runtime as CommonJS too. */
function adapt(file: string): void {
  const text = readFileSync(file, 'utf8');
  const banner = text.includes('__fanfoldUrl') ? `${STRICT}\n${URL_BANNER}` : STRICT;
  const adapted = text
    .replace(STRICT, banner)
    .replace(/("@prisma\/client\/runtime\/[\w.-]+)\.mjs"/g, '$1.js"');
  if (adapted !== text) writeFileSync(file, adapted);
}

/** Beside a package.json of the type CommonJS the same declarations describe CommonJS modules. */
function copyDeclarations(dist: string, output: string): void {
  const waiting = ENTRIES.map((entry) => join(dist, `${entry}.d.ts`));
  const seen = new Set(waiting);
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    const text = readFileSync(file, 'utf8');
    const target = join(output, relative(dist, file));
    mkdirSync(dirname(target), { recursive: true });
    cpSync(file, target);
    for (const [, imported = ''] of text.matchAll(/(?:from|import\()\s*["'](\.[^"']+)["']/g)) {
      const next = resolve(dirname(file), imported.replace(/\.js$/, '.d.ts'));
      if (seen.has(next)) continue;
      seen.add(next);
      waiting.push(next);
    }
  }
}

/** The construct starts the bundler beside itself, as a process: it is an ES module. */
function standIn(output: string): void {
  const file = join(output, 'src/bundling/main.js');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, "import('../../../src/bundling/main.js');\n");
}
