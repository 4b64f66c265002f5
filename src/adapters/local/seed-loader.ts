import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createModuleLoader } from './module-loader.ts';

/**
 * Loads seeds that migrations run as migrations themselves are loaded: TypeScript and JavaScript of
 * both kinds. Each file is evaluated once in the process, as Node's own `require` has it.
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
