import { cpSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { type FilesBeside, leaner } from '../src/bundling/leaner.ts';
import { LAMBDA_NAMES } from '../src/core/wire/lambda-names.ts';
import { ENTRIES } from './entries.ts';
import { external, OF_A_CDK_APP, OUTSIDE } from './outside-packages.ts';
import { CHUNKS, dropUnusedBanner, ownPlaces, PLACES_BANNER } from './own-places.ts';
import { repository } from './repository.mjs';

/** Files that are loaded by their path: those that the construct starts, and those that become functions. */
const BY_PATH = [
  'src/bundling/main',
  'src/adapters/local/config/load-config-file',
  'src/adapters/local/config/load-knexfile',
  'src/adapters/mysql/driver',
  ...LAMBDA_NAMES.map((name) => `lambdas/${name}`),
];

/** The classes of Knex without a Knex, for functions that get that of a project. */
const KNEX_CLASSES = 'src/adapters/mysql/migration/knex/own-knex-classes';

/**
 * Replaces the compiled modules in `dist` by few files that contain the packages that they need: the entries at
 * their paths, and what they share in `chunks`. They are also what a deployment makes functions of.
 *
 * @returns paths of all sources, relative to `dist`
 */
export async function bundleModules(dist: string): Promise<string[]> {
  const beside: FilesBeside = new Map();
  const output = `${dist}-modules`;
  rmSync(output, { recursive: true, force: true });
  const { metafile } = await build({
    metafile: true,
    absWorkingDir: dist,
    entryPoints: [...ENTRIES, ...BY_PATH].map((entry) => `${entry}.js`),
    outbase: dist,
    outdir: output,
    chunkNames: `${CHUNKS}/[name]-[hash]`,
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node22.18',
    format: 'esm',
    mainFields: ['module', 'main'],
    nodePaths: [join(repository, 'node_modules')],
    external: external([...OUTSIDE, ...OF_A_CDK_APP]),
    // Names stay, and so do lines of our own code: stack traces of functions show them.
    minifySyntax: true,
    legalComments: 'none',
    banner: { js: PLACES_BANNER },
    tsconfigRaw: {},
    plugins: [ownPlaces(dist), loginsOfPeople, leaner(beside)],
    logLevel: 'warning',
  });
  for (const [name, content] of beside) writeFileSync(join(output, CHUNKS, name), content);
  dropUnusedBanner(output);
  refuseFilesElsewhere(output, [...beside.keys()]);
  cpSync(join(dist, `${KNEX_CLASSES}.js`), join(output, CHUNKS, 'knex-of-project.js'));
  for (const file of globSync('{src,lib,lambdas,prisma}/**/*.js', { cwd: dist })) {
    rmSync(join(dist, file));
  }
  cpSync(output, dist, { recursive: true });
  rmSync(output, { recursive: true });
  return Object.keys(metafile.inputs);
}

/** A function has these files beside its code, so that no path to them may be in it. */
function refuseFilesElsewhere(output: string, names: readonly string[]): void {
  for (const file of globSync('lambdas/*.js', { cwd: output })) {
    const text = readFileSync(join(output, file), 'utf8');
    const read = names.find((name) => text.includes(name));
    if (read !== undefined) throw new Error(`${file} reads ${read}, which is in ${CHUNKS}.`);
  }
}

/** Gives chunks with logins of people a name by which a function can leave them out. */
const loginsOfPeople: Plugin = {
  name: 'logins-of-people',
  setup(build) {
    const namespace = 'logins-of-people';
    build.onResolve(
      { filter: /^@aws-sdk\/credential-provider-(ini|process|sso|web-identity)$/ },
      ({ path, kind, resolveDir }) =>
        kind === 'dynamic-import'
          ? { path: path.replace('@aws-sdk/', ''), namespace, pluginData: resolveDir }
          : undefined,
    );
    build.onLoad({ filter: /.*/, namespace }, ({ path, pluginData }) => ({
      contents: `export * from '@aws-sdk/${path}';`,
      resolveDir: pluginData,
    }));
  },
};
