import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { splitMigrationName } from '../../core/bundle/bundle.ts';
import { FanfoldError } from '../../core/errors.ts';
import { displayPath } from './display-path.ts';

/**
 * The names of the migration files in a folder, in no particular order, without subfolders, dot files, type
 * declarations and files with other extensions, such as source maps. Throws
 * `MigrationsFolderMissing` or `MigrationsFolderUnreadable`.
 */
export async function listMigrationFiles(directory: string): Promise<string[]> {
  const names: string[] = [];
  for (const entry of await readFolder(directory)) {
    if (isMigrationName(entry.name) && (await isFile(directory, entry))) names.push(entry.name);
  }
  return names;
}

function isMigrationName(name: string): boolean {
  const { id, extension } = splitMigrationName(name);
  return extension !== '' && !name.startsWith('.') && !id.endsWith('.d');
}

/** Whether an entry is a file or a link to one, because Kubernetes mounts a ConfigMap as links. */
async function isFile(directory: string, entry: Dirent): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isFile();
  try {
    return (await stat(join(directory, entry.name))).isFile();
  } catch {
    // A broken link is listed too, so that reading it fails with the file's name.
    return true;
  }
}

async function readFolder(directory: string): Promise<Dirent[]> {
  try {
    return await readdir(directory, { withFileTypes: true });
  } catch (error) {
    throw folderError(directory, error);
  }
}

function folderError(directory: string, cause: unknown): FanfoldError {
  const folder = displayPath(directory);
  const { code } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new FanfoldError(
      'MigrationsFolderMissing',
      code === 'ENOENT'
        ? `The migrations folder ${folder} does not exist.`
        : `The migrations folder ${folder} is not a folder.`,
      {
        fault: 'configuration',
        nextStep:
          'Name the folder of the migrations, or create it with the first migration: `fanfold migrate:make create_users`',
        cause,
      },
    );
  }
  return new FanfoldError(
    'MigrationsFolderUnreadable',
    `The migrations folder ${folder} cannot be read (${code ?? String(cause)}).`,
    { fault: 'configuration', nextStep: 'Allow this user to read and list the folder.', cause },
  );
}
