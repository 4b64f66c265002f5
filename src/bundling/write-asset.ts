import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FunctionFiles } from './bundle-functions.ts';

/**
 * Writes a function's files into a folder below `folder`, named after a hash of their content, and returns
 * its path. An existing folder is reused: two syntheses at the same time may write the same function.
 */
export async function writeAsset(
  folder: string,
  name: string,
  files: FunctionFiles,
): Promise<string> {
  const asset = join(folder, `${name}-${digest(files)}`);
  if (existsSync(asset)) return asset;
  const temporary = join(folder, `.${name}-${randomUUID()}.tmp`);
  for (const [file, content] of files) {
    await mkdir(dirname(join(temporary, file)), { recursive: true });
    await writeFile(join(temporary, file), content);
  }
  try {
    await rename(temporary, asset);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    if (!existsSync(asset)) throw error;
  }
  return asset;
}

function digest(files: FunctionFiles): string {
  const hash = createHash('sha256');
  for (const [file, content] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`${file}\0${content.byteLength}\0`).update(content);
  }
  return hash.digest('hex').slice(0, 32);
}
