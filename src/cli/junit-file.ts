import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { FanfoldError } from '../core/errors.ts';

/** The file of `--junit`, which appears whole or not at all. */
export interface JunitFile {
  write(pieces: AsyncIterable<string>): Promise<void>;
}

/**
 * Hands the file to `work`, or nothing if none was asked for. That it can be written shows before any tenant
 * is touched; nothing half-written is left behind.
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
    nextStep: 'Name a file with --junit in a folder that is there and that this user may write to.',
    cause: error,
  });
}
