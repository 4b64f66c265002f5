import { Module } from 'node:module';
import { compileFunction } from 'node:vm';
import type { Jiti } from 'jiti';

/** Evaluates the source of a module that stands at `path`, and returns what it exports. */
export type ModuleLoader = (path: string, source: string) => Promise<unknown>;

/** A module of Node with the method by which Node, and every loader beside it, evaluates CommonJS. */
interface CompilingModule extends Module {
  _compile(source: string, filename: string, format: 'commonjs'): void;
}

/**
 * Loads modules of a folder in TypeScript and JavaScript, ESM and CommonJS, whatever the `type` in
 * the nearest package.json says. The loader asks the source instead: JavaScript that compiles as
 * CommonJS is CommonJS (the test that Node itself makes) and runs as it is, in sloppy mode as it
 * does under plain Knex; all else goes through jiti. Each call evaluates the source once.
 *
 * @param virtualModules what packages export that are not to be looked for on the disk, by name
 */
export function createModuleLoader(
  directory: string,
  virtualModules?: Record<string, unknown>,
): ModuleLoader {
  let jiti: Jiti | undefined;
  return async (path, source) => {
    jiti ??= await startTranspiler(directory, virtualModules);
    if (isCommonJs(path, source)) return runCommonJs(path, source, jiti);
    return jiti.evalModule(source, { filename: path, async: true, forceTranspile: true });
  };
}

/** Imported late: it takes 20 ms, and most commands load no migration. */
async function startTranspiler(
  directory: string,
  virtualModules?: Record<string, unknown>,
): Promise<Jiti> {
  const { createTranspiler } = await import('./transpiler.ts');
  return createTranspiler(directory, virtualModules);
}

function isCommonJs(path: string, source: string): boolean {
  if (!/\.c?js$/.test(path)) return false;
  try {
    compileFunction(source, ['exports', 'require', 'module', '__filename', '__dirname']);
    return true;
  } catch {
    return false;
  }
}

function runCommonJs(path: string, source: string, jiti: Jiti): unknown {
  const module = new Module(path) as CompilingModule;
  module.filename = path;
  // jiti's `require` reads TypeScript and ESM helpers too. It resolves from the folder, and every
  // file of ours stands right in it.
  module.require = jiti as unknown as NodeJS.Require;
  module._compile(source, path, 'commonjs');
  module.loaded = true;
  return module.exports;
}
