import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { type FilesBeside, leaner } from '../src/bundling/leaner.ts';
import { joinChunks } from './join-chunks.ts';
import { lateEmoji } from './late-emoji.ts';
import { repository } from './repository.mjs';
import { writeLicenses } from './write-licenses.ts';

/** The command's modules and those that it imports. */
const ENTRY = 'src/cli/main.js';

/** Its place below `dist`; `bin/start.cjs` starts `main.js` there. */
const FOLDER = 'command';

/**
 * Packages that stay outside:
 * - `mariadb` is under the LGPL: users of the package can replace it by another version.
 * - `esbuild` is a program for one operating system.
 * - `jiti` loads its compiler from a file beside itself, and only for TypeScript that Node cannot strip.
 */
const OUTSIDE = ['mariadb', 'esbuild', 'jiti'];

/**
 * Makes few files of the compiled command line in `dist`: Node takes most of the time of a short command to find
 * and read a thousand. Modules that a command imports when it needs them are files of their own here, too.
 */
export async function bundleCommand(dist: string): Promise<void> {
  const beside: FilesBeside = new Map();
  const { metafile } = await build({
    metafile: true,
    absWorkingDir: dist,
    entryPoints: [ENTRY],
    outdir: join(dist, FOLDER),
    entryNames: '[name]',
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node22.18',
    format: 'esm',
    mainFields: ['module', 'main'],
    // The paths are relative to `dist`, wherever that is.
    nodePaths: [join(repository, 'node_modules')],
    external: OUTSIDE.flatMap((name) => [name, `${name}/*`]),
    // Shorter, but with its names: stack traces stay readable.
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    banner: { js: REQUIRE },
    tsconfigRaw: {},
    plugins: [ownPlaces(dist), lateEmoji, leaner(beside)],
    logLevel: 'warning',
  });
  refuseLateCommonJs(metafile);
  const output = join(dist, FOLDER);
  await joinChunks(output, metafile.outputs, OUTSIDE);
  for (const [name, content] of beside) writeFileSync(join(output, name), content);
  writeLicenses(Object.keys(metafile.inputs), dist, join(output, 'LICENSES.txt'));
}

/** With splitting, esbuild gives an `import()` of a CommonJS module nothing but its default export. */
function refuseLateCommonJs({ inputs, outputs }: Metafile): void {
  for (const { entryPoint } of Object.values(outputs)) {
    if (entryPoint === undefined || inputs[entryPoint]?.format !== 'cjs') continue;
    throw new Error(`${entryPoint} is CommonJS, and cannot be imported by import().`);
  }
}

/**
 * Modules of ours that read their own path get that of the compiled file, which still exists, so that they
 * find the package's other files.
 */
function ownPlaces(dist: string): Plugin {
  return {
    name: 'own-places',
    setup(build) {
      build.onLoad({ filter: /\.js$/ }, ({ path }) => {
        const place = relative(dist, path);
        if (place.startsWith('..') || place.includes('node_modules')) return undefined;
        const text = readFileSync(path, 'utf8');
        if (!text.includes('import.meta.')) return undefined;
        const url = `new URL(${JSON.stringify(`../${place}`)}, import.meta.url)`;
        const places: Readonly<Record<string, string>> = {
          url: `${url}.href`,
          filename: `__filePath(${url})`,
          dirname: `__filePath(new URL('.', ${url}))`,
        };
        const contents = text.replaceAll(
          /import\.meta\.(url|filename|dirname)\b/g,
          (whole, name: string) => places[name] ?? whole,
        );
        return { resolveDir: dirname(path), contents };
      });
    },
  };
}

/** For the place of our own modules, and for CommonJS packages that require modules of Node. */
const REQUIRE =
  "import{fileURLToPath as __filePath}from'node:url';import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";
