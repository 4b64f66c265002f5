import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createJiti, type Jiti } from 'jiti';
import { createTranspileCache } from './transpile-cache.ts';

type Transpile = Pick<Jiti, 'transform'>['transform'];

/** Marks jiti's output for a file with a syntax error. */
const FAILED = '__JITI_ERROR__';

/**
 * A jiti for the files of a folder: TypeScript (enums and namespaces too) and ES modules become
 * CommonJS with top-level `await` and unrestricted imports. Babel takes 140 ms to start and 4 ms a file, so
 * its output is kept in a {@link createTranspileCache}. jiti's own cache is off because it is in the shared
 * temporary folder and fails on a full disk.
 */
export function createTranspiler(
  directory: string,
  virtualModules: Record<string, unknown> = {},
): Jiti {
  const id = join(directory, 'migration');
  const babel = createJiti(id, { fsCache: false });
  const transpile = cached(directory, (options) => babel.transform(options));
  return createJiti(id, {
    fsCache: false,
    virtualModules,
    transform: (options) => ({ code: transpile(options) }),
  });
}

function cached(directory: string, transpile: Transpile): Transpile {
  const cache = createTranspileCache(directory);
  const { version } = createRequire(import.meta.url)('jiti/package.json') as { version: string };
  return (options) => {
    const slot = `${options.filename}\n${options.async}`;
    const key = JSON.stringify([version, options]);
    const known = cache.get(slot, key);
    if (known !== undefined) return known;
    const code = transpile(options);
    if (!code.includes(FAILED)) cache.set(slot, key, code);
    return code;
  };
}
