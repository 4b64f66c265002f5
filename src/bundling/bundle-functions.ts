import { join, relative } from 'node:path';
import { build, type Message, type Plugin } from 'esbuild';
import { FanfoldError } from '../core/errors.ts';
import { filesOfPackage } from './files-of-package.ts';
import { leaner } from './leaner.ts';
import {
  asksForPlace,
  isBesideMigrations,
  migrationPlaces,
  placesBanner,
} from './migration-places.ts';
import { withoutLoginsOfPeople } from './without-logins-of-people.ts';

export interface FunctionSources<Name extends string> {
  /** Text of the module whose exports are a function's. Its imports are full paths, or of `modules`. */
  readonly entries: Readonly<Record<Name, string>>;
  /** Text of modules that do not exist as files, by the name under which they are imported: `fanfold:…`. */
  readonly modules: Readonly<Record<string, string>>;
  /** Full path of the folder of migrations. */
  readonly migrationsFolder: string;
  /** Folder in which migrations find themselves, below the folder of a function's code. */
  readonly migrationsPlace: string;
  /** Plugins for the project's Knex and configuration. */
  readonly plugins: readonly Plugin[];
  /** Folder that paths in source maps are relative to: the same sources give the same bytes anywhere. */
  readonly root: string;
}

/** Files of a function as Lambda gets them, by name. */
export type FunctionFiles = ReadonlyMap<string, Uint8Array>;

/** The file with the code, with its source map beside it: `index.<export>` is a function's handler. */
const CODE_FILE = 'index.mjs';

/**
 * Makes one minified ES module of each function and everything that it imports, the SDK of AWS
 * included, so that the versions that were tested are those that run. One build makes all of them, since
 * most of the time goes into reading the code that they share. Throws `BundlingFailed` if an import
 * cannot be found or a file is not JavaScript.
 */
export async function bundleFunctions<Name extends string>(
  sources: FunctionSources<Name>,
): Promise<Record<Name, FunctionFiles>> {
  const { root, migrationsPlace: place } = sources;
  const beside = filesOfPackage(root);
  const names = Object.keys(sources.entries) as Name[];
  try {
    const { outputFiles } = await build({
      entryPoints: names.map((name) => ({ in: ENTRY + name, out: `${name}/index` })),
      absWorkingDir: root,
      outdir: root,
      outExtension: { '.js': '.mjs' },
      write: false,
      bundle: true,
      minify: true,
      platform: 'node',
      target: 'node24',
      format: 'esm',
      // ES modules first: esbuild can remove unused code only from those.
      mainFields: ['module', 'main'],
      // Characters beyond ASCII as they are: escaped they take up to six bytes for two.
      charset: 'utf8',
      sourcemap: 'linked',
      sourcesContent: false,
      legalComments: 'none',
      // Neither the user's tsconfig.json nor ours changes what a migration does.
      tsconfigRaw: { compilerOptions: { target: 'es2024' } },
      banner: { js: REQUIRE + placesBanner(place) },
      plugins: [
        virtualModules(sources),
        ...sources.plugins,
        migrationPlaces(sources.migrationsFolder, place, beside),
        withoutLoginsOfPeople,
        leaner(beside),
      ],
      logLevel: 'silent',
    });
    const written = outputFiles.map((file) => [relative(root, file.path), file] as const);
    const made = names.map((name): [Name, FunctionFiles] => {
      const own = written.filter(([path]) => path.startsWith(join(name, CODE_FILE)));
      const code = own.find(([path]) => path.endsWith(CODE_FILE))?.[1].text ?? '';
      // Modules are read before it is known which function uses them.
      const used = [...beside].filter(([file]) =>
        isBesideMigrations(file, place) ? asksForPlace(code) : code.includes(file),
      );
      const files = own.map(([path, file]) => [relative(name, path), file.contents] as const);
      return [name, new Map([...files, ...used])];
    });
    return Object.fromEntries(made) as Record<Name, FunctionFiles>;
  } catch (error) {
    throw bundlingFailed(error);
  }
}

/** CommonJS packages in an ES module require Node's own modules. */
const REQUIRE =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";

const ENTRY = 'fanfold:entry/';

function virtualModules({ entries, modules, root }: FunctionSources<string>): Plugin {
  const texts = new Map([
    ...Object.entries(entries).map(([name, text]) => [ENTRY + name, text] as const),
    ...Object.entries(modules),
  ]);
  const namespace = 'fanfold';
  return {
    name: namespace,
    setup(build) {
      build.onResolve({ filter: /^fanfold:/ }, ({ path }) =>
        texts.has(path) ? { path, namespace } : undefined,
      );
      build.onLoad({ filter: /.*/, namespace }, ({ path }) => ({
        contents: texts.get(path) ?? '',
        resolveDir: root,
      }));
    },
  };
}

const SHOWN_PROBLEMS = 10;

function bundlingFailed(cause: unknown): unknown {
  const { errors } = cause as { errors?: readonly Message[] };
  if (errors === undefined) return cause;
  const own = errors.find(({ detail }) => detail instanceof FanfoldError);
  if (own !== undefined) return own.detail;
  const problems = errors.slice(0, SHOWN_PROBLEMS).map((problem) => `\n  - ${placed(problem)}`);
  return new FanfoldError(
    'BundlingFailed',
    `The functions cannot be bundled:${problems.join('')}`,
    {
      fault: 'migration',
      nextStep:
        'Correct these files. A package that a migration imports has to be installed, and cannot be one with native code.',
      cause,
    },
  );
}

function placed({ text, location }: Message): string {
  return location === null ? text : `${location.file}:${location.line}: ${text}`;
}
