import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { FanfoldError } from '../../core/errors.ts';

/** The file of `--junit`, which is written completely or not at all. */
export interface JunitFile {
  write(pieces: AsyncIterable<string>): Promise<void>;
}

/**
 * Passes the file to `work`, or `undefined` if none was requested. Fails before any tenant is touched if the
 * file cannot be written; a partial file is never left.
 */
export async function usingJunitFile<Result>(
  path: string | undefined,
  work: (file: JunitFile | undefined) => Promise<Result>,
): Promise<Result> {
  if (path === undefined) return work(undefined);
  const temporary = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  const handle = await open(temporary, 'wx').catch((error) => {
    throw unwritable(path, error);
  });
  try {
    return await work({
      async write(pieces) {
        try {
          for await (const piece of pieces) await append(handle, piece);
          await handle.close();
          await rename(temporary, path);
        } catch (error) {
          throw error instanceof FanfoldError ? error : unwritable(path, error);
        }
      },
    });
  } finally {
    await handle.close().catch(() => {});
    await rm(temporary, { force: true });
  }
}

async function append(handle: FileHandle, piece: string): Promise<void> {
  if (piece !== '') await handle.write(piece);
}

function unwritable(path: string, error: unknown): FanfoldError {
  const { code = 'unknown error' } = error as NodeJS.ErrnoException;
  return new FanfoldError('OutputUnwritable', `The file "${path}" cannot be written: ${code}.`, {
    fault: 'usage',
    nextStep: 'Name a file with --junit in an existing folder that this user may write to.',
    cause: error,
  });
}
