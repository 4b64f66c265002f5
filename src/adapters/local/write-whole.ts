import { randomUUID } from 'node:crypto';
import { type FileHandle, link, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isThere } from './run-store-error.ts';

/**
 * Writes a file completely or not at all, whatever stops the process: under a temporary name in the same
 * folder, flushed to the disk, then renamed. Only its owner may read it.
 */
export function writeWhole(
  path: string,
  write: (file: FileHandle) => Promise<void>,
): Promise<void> {
  return writeTemporary(path, write, (temporary) => rename(temporary, path));
}

/** The same for a file that is written once: of several processes, the first one's text is kept. */
export function writeFirst(path: string, text: string): Promise<void> {
  return writeTemporary(
    path,
    (file) => file.writeFile(text),
    async (temporary) => {
      try {
        // Unlike a rename, a link never replaces what is there.
        await link(temporary, path);
      } catch (error) {
        if (!isThere(error)) throw error;
      }
      await rm(temporary, { force: true });
    },
  );
}

async function writeTemporary(
  path: string,
  write: (file: FileHandle) => Promise<void>,
  place: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  const file = await open(temporary, 'wx', 0o600);
  try {
    try {
      await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await place(temporary);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
