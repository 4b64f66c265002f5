import { Module } from 'node:module';
import { compileFunction } from 'node:vm';
import type { Jiti } from 'jiti';

/** Evaluates the source of the module at `path`, and returns its exports. */
export type ModuleLoader = (path: string, source: string) => Promise<unknown>;

/** A Node module with the internal method by which Node and other loaders evaluate CommonJS. */
interface CompilingModule extends Module {
  _compile(source: string, filename: string, format: 'commonjs'): void;
}

/**
 * Loads modules of a folder in TypeScript and JavaScript, ESM and CommonJS, whatever the `type` in
 * the nearest package.json. The source decides instead: JavaScript that compiles as CommonJS (Node's own
 * test) runs unchanged as CommonJS, in sloppy mode as under plain Knex; everything else goes through jiti.
 * Each call evaluates the source once.
 *
 * @param virtualModules the exports of packages that are not resolved on disk, by name
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

/** jiti is imported late because that takes 20 ms, and most commands load no migration. */
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
  // jiti's `require` also loads TypeScript and ESM helpers. It resolves from the folder, which directly
  // contains every file that is loaded here.
  module.require = jiti as unknown as NodeJS.Require;
  module._compile(source, path, 'commonjs');
  module.loaded = true;
  return module.exports;
}
