import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createModuleLoader } from './module-loader.ts';

/**
 * Loads seeds that migrations run in the same way as migrations: TypeScript, ES modules and CommonJS. Each
 * file is evaluated once per process, as with Node's own `require`.
 */
export function createSeedLoader(): (path: string) => Promise<unknown> {
  const loaded = new Map<string, Promise<unknown>>();
  return (path) => {
    const known = loaded.get(path);
    if (known !== undefined) return known;
    const loading = readFile(path, 'utf8').then((source) =>
      createModuleLoader(dirname(path))(path, source.replace(/^\uFEFF/, '')),
    );
    loaded.set(path, loading);
    return loading;
  };
}
