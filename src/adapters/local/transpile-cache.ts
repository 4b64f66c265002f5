import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Caches texts by a slot name and a key of everything that they were made from. */
export interface TranspileCache {
  /** The text in the slot, if it was made from the same `key` and is intact. */
  get(slot: string, key: string): string | undefined;
  /** Replaces the contents of the slot. */
  set(slot: string, key: string, text: string): void;
}

/**
 * A {@link TranspileCache} in the nearest `node_modules/.cache` at or above `directory`, which is as
 * private and as trusted as the packages beside it, unlike the system's temporary folder. It is never
 * stale, because a text is returned only for exactly its key. Without a `node_modules` folder, or on a
 * read-only or full disk, it caches nothing; it never fails.
 */
export function createTranspileCache(directory: string): TranspileCache {
  const folder = findCacheFolder(directory);
  let writable = folder !== undefined;
  // A slot's file is overwritten, so the folder grows with the number of files, not of changes.
  const fileOf = (slot: string) => join(folder ?? '', `${sha256(slot).slice(0, 32)}.txt`);

  return {
    get(slot, key) {
      if (folder === undefined) return undefined;
      try {
        const stored = readFileSync(fileOf(slot), 'utf8');
        const lineEnd = stored.indexOf('\n');
        const text = stored.slice(lineEnd + 1);
        return stored.slice(0, lineEnd) === seal(key, text) ? text : undefined;
      } catch {
        return undefined;
      }
    },
    set(slot, key, text) {
      if (folder === undefined || !writable) return;
      const file = fileOf(slot);
      const temporary = `${file}.${randomUUID()}`;
      try {
        mkdirSync(folder, { recursive: true });
        writeFileSync(temporary, `${seal(key, text)}\n${text}`);
        renameSync(temporary, file);
      } catch {
        writable = false;
        removeQuietly(temporary);
      }
    },
  };
}

function removeQuietly(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // The folder is not writable at all, so there is nothing to remove.
  }
}

/** A digest that proves that a text is intact and belongs to the key. */
function seal(key: string, text: string): string {
  return sha256(`${sha256(key)}\n${text}`);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function findCacheFolder(directory: string): string | undefined {
  const packages = join(directory, 'node_modules');
  if (existsSync(packages)) return join(packages, '.cache', 'fanfold');
  const parent = dirname(directory);
  return parent === directory ? undefined : findCacheFolder(parent);
}
