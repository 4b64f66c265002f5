import { readFile } from 'node:fs/promises';
import { createRequire, isBuiltin } from 'node:module';
import { basename, dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';

/**
 * Databases that Knex supports and Fanfold does not. Knex requires a dialect when a client names it, and
 * only MySQL's is ever named.
 */
const OTHER_DIALECTS =
  /^\.\/(better-sqlite3|cockroachdb|mariadb|mssql|oracle|oracledb|pgnative|postgres|redshift|sqlite3)$/;

/** Their drivers, which are not dependencies of ours. */
const OTHER_DRIVERS =
  /^(better-sqlite3|mysql|oracledb|pg|pg-native|pg-query-stream|sqlite3|tedious)$/;

const BUILTIN = 'node-builtin';

/** Files beside the bundled code, by name; the code reads them when it needs them. */
export type FilesBeside = Map<string, Uint8Array>;

/**
 * An esbuild plugin that makes a bundle smaller without removing anything that is used:
 *
 * - Knex's other dialects are left out.
 * - Prisma's query compiler is WebAssembly that ships as base64 in JavaScript. It becomes a file, a
 *   quarter smaller, that no parser has to read.
 * - iconv-lite's tables of Chinese, Japanese and Korean become files as well. They are read if a
 *   session uses such a character set, which sessions in utf8mb4 never do.
 * - mysql2's names of error numbers are ten thousand assignments, which take 8 ms longer than JSON.
 * - Modules of Node are required, even if the source imports them: an import reads every export, and so
 *   the getters of `node:http` that load a whole WebSocket client: 13 ms.
 */
export function leaner(beside: FilesBeside): Plugin {
  return {
    name: 'leaner',
    setup(build) {
      build.onResolve({ filter: OTHER_DIALECTS }, ({ path, importer }) =>
        /[\\/]knex[^\\/]*[\\/]lib[\\/]dialects[\\/]index\.js$/.test(importer)
          ? { path: `knex-dialect-left-out/${basename(path)}`, external: true }
          : undefined,
      );
      build.onResolve({ filter: OTHER_DRIVERS }, ({ path }) => ({ path, external: true }));

      build.onResolve({ filter: /^[a-z]/ }, ({ path, kind }) =>
        isBuiltin(path) && kind === 'import-statement' ? { path, namespace: BUILTIN } : undefined,
      );
      build.onLoad({ filter: /.*/, namespace: BUILTIN }, ({ path }) => ({
        contents: `module.exports=require(${JSON.stringify(path)});`,
      }));

      build.onResolve({ filter: /^\.\/tables\/[\w-]+\.json$/ }, async ({ path, importer }) => {
        if (!/[\\/]iconv-lite[\\/]encodings[\\/][\w-]+\.js$/.test(importer)) return undefined;
        const name = `iconv-${basename(path)}`;
        beside.set(name, await readFile(join(dirname(importer), path)));
        return { path: `./${name}`, external: true };
      });

      build.onLoad({ filter: /[\\/]mysql2[\\/]lib[\\/]constants[\\/]errors\.js$/ }, ({ path }) => {
        const names = JSON.stringify(createRequire(import.meta.url)(path));
        return { contents: `module.exports=JSON.parse(${JSON.stringify(names)});` };
      });

      build.onLoad({ filter: /\.wasm-base64\.m?js$/ }, async ({ path }) => {
        const { wasm } = (await import(path)) as { wasm: string };
        const name = basename(path).replace(/-base64\.m?js$/, '');
        beside.set(name, Buffer.from(wasm, 'base64'));
        return { contents: wasmModule(name) };
      });
    },
  };
}

/** The generated client decodes what it finds with Buffer.from, which takes bytes as they are. */
function wasmModule(name: string): string {
  const file = `new URL(${JSON.stringify(name)},import.meta.url)`;
  return `import{readFileSync}from'node:fs';export const wasm=readFileSync(${file});`;
}
