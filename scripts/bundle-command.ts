import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { type FilesBeside, leaner } from '../src/bundling/leaner.ts';
import { joinChunks } from './join-chunks.ts';
import { lateEmoji } from './late-emoji.ts';
import { external, OUTSIDE } from './outside-packages.ts';
import { CHUNKS, dropUnusedBanner, ownPlaces, PLACES_BANNER } from './own-places.ts';
import { repository } from './repository.mjs';

/** The command's modules and those that it imports. */
const ENTRY = 'src/cli/main.js';

/** Its place below `dist`; `bin/start.cjs` starts `main.js` there. */
const FOLDER = 'command';

/**
 * Makes few files of the compiled command line in `dist`: Node takes most of the time of a short command to find
 * and read a thousand. Modules that a command imports when it needs them are files of their own here, too.
 *
 * @returns paths of all sources, relative to `dist`
 */
export async function bundleCommand(dist: string): Promise<string[]> {
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
    external: external(OUTSIDE),
    // Shorter, but with its names: stack traces stay readable.
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    banner: { js: PLACES_BANNER },
    tsconfigRaw: {},
    plugins: [ownPlaces(dist), lateEmoji, leaner(beside)],
    logLevel: 'warning',
  });
  refuseLateCommonJs(metafile);
  const output = join(dist, FOLDER);
  dropUnusedBanner(output);
  await joinChunks(output, metafile.outputs, OUTSIDE);
  mkdirSync(join(dist, CHUNKS));
  for (const [name, content] of beside) writeFileSync(join(dist, CHUNKS, name), content);
  return Object.keys(metafile.inputs);
}

/** With splitting, esbuild gives an `import()` of a CommonJS module nothing but its default export. */
function refuseLateCommonJs({ inputs, outputs }: Metafile): void {
  for (const { entryPoint } of Object.values(outputs)) {
    if (entryPoint === undefined || inputs[entryPoint]?.format !== 'cjs') continue;
    throw new Error(`${entryPoint} is CommonJS, and cannot be imported by import().`);
  }
}
