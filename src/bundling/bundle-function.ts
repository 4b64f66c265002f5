import { join } from 'node:path';
import { build, type Message, type OutputFile, type Plugin } from 'esbuild';
import { FanfoldError } from '../core/errors.ts';
import { type FilesBeside, leaner } from './leaner.ts';

/** What one function is made of. */
export interface FunctionSource {
  /** Name of the function, for errors. */
  readonly name: string;
  /** Text of the module whose exports are the function's. Its imports are full paths. */
  readonly entry: string;
  /** Text of the module `fanfold:migrations`, where the entry imports that. */
  readonly migrations?: string | undefined;
  /** Folder that paths in source maps are relative to: the same sources give the same bytes anywhere. */
  readonly root: string;
}

/** Files of a function as Lambda gets them, by name; `index.mjs` is the code. */
export type FunctionFiles = ReadonlyMap<string, Uint8Array>;

/** Name of the file with the code: `index.<export>` is a function's handler. */
const CODE_FILE = 'index.mjs';

/**
 * Makes one minified ES module of a function and everything that it imports, the SDK of AWS included:
 * what was tested is what runs, whatever the runtime brings. Throws `BundlingFailed` where an import
 * cannot be found or a file is no JavaScript.
 */
export async function bundleFunction(source: FunctionSource): Promise<FunctionFiles> {
  const beside: FilesBeside = new Map();
  const { root } = source;
  try {
    const { outputFiles } = await build({
      stdin: { contents: source.entry, resolveDir: root, sourcefile: 'entry.mjs', loader: 'js' },
      absWorkingDir: root,
      outfile: join(root, CODE_FILE),
      write: false,
      bundle: true,
      minify: true,
      platform: 'node',
      target: 'node24',
      format: 'esm',
      // ES modules first: only those can be cut down to what is used.
      mainFields: ['module', 'main'],
      // Characters beyond ASCII as they are: escaped they take up to six bytes for two.
      charset: 'utf8',
      sourcemap: 'linked',
      sourcesContent: false,
      legalComments: 'none',
      // Neither the user's tsconfig.json nor ours changes what a migration does.
      tsconfigRaw: { compilerOptions: { target: 'es2024' } },
      banner: { js: REQUIRE },
      plugins: [...migrationsPlugin(source.migrations), leaner(beside)],
      logLevel: 'silent',
    });
    const code = outputFiles.find(({ path }) => path.endsWith(CODE_FILE))?.text ?? '';
    // Modules are read before it is known whether the function uses them.
    const used = [...beside].filter(([name]) => code.includes(name));
    return new Map([...outputFiles.map(codeFile), ...used]);
  } catch (error) {
    throw bundlingFailed(source.name, error);
  }
}

/** CommonJS packages in an ES module require Node's own modules. */
const REQUIRE =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";

function codeFile({ path, contents }: OutputFile): readonly [string, Uint8Array] {
  return [path.endsWith('.map') ? `${CODE_FILE}.map` : CODE_FILE, contents];
}

function migrationsPlugin(text: string | undefined): Plugin[] {
  if (text === undefined) return [];
  const namespace = 'fanfold-migrations';
  return [
    {
      name: namespace,
      setup(build) {
        build.onResolve({ filter: /^fanfold:migrations$/ }, ({ path }) => ({ path, namespace }));
        build.onLoad({ filter: /.*/, namespace }, () => ({ contents: text, resolveDir: '/' }));
      },
    },
  ];
}

const SHOWN_PROBLEMS = 10;

function bundlingFailed(name: string, cause: unknown): unknown {
  const { errors } = cause as { errors?: readonly Message[] };
  if (errors === undefined) return cause;
  const problems = errors.slice(0, SHOWN_PROBLEMS).map((problem) => `\n  - ${placed(problem)}`);
  return new FanfoldError(
    'BundlingFailed',
    `The function ${name} cannot be bundled:${problems.join('')}`,
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
