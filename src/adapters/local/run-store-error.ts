import { FanfoldError } from '../../core/errors.ts';

/** Explains a write that failed. What is no error of the file system is returned as it is. */
export function unwritable(folder: string, error: unknown): unknown {
  if (!isFileError(error)) return error;
  return new FanfoldError(
    'RunStoreUnwritable',
    `The run store ${folder} cannot be written: ${reasonOf(error)}.`,
    { fault: 'configuration', nextStep: WHAT_TO_DO[error.code] ?? OTHER_FOLDER, cause: error },
  );
}

/** Explains a read that failed. What is no error of the file system is returned as it is. */
export function unreadable(folder: string, error: unknown): unknown {
  if (!isFileError(error)) return error;
  return new FanfoldError(
    'RunStoreUnreadable',
    `The run store ${folder} cannot be read: ${reasonOf(error)}.`,
    {
      fault: 'configuration',
      nextStep: 'Make the folder readable for the user that runs Fanfold.',
      cause: error,
    },
  );
}

/** Explains a file that does not hold what was written into it. */
export function damaged(file: string, cause?: unknown): FanfoldError {
  return new FanfoldError('RunStoreUnreadable', `${file} is damaged: it is not the JSON it was.`, {
    fault: 'configuration',
    nextStep: 'Restore the file, or start a new run: tenants that are done are left as they are.',
    cause,
  });
}

/** Explains why the newest run cannot be told: one that may be it cannot be read. */
export function newestUnknown(
  runId: string,
  readable: readonly string[],
  cause: unknown,
): FanfoldError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const others = readable.length === 0 ? '' : `, such as ${readable.slice(0, 5).join(', ')}`;
  return new FanfoldError(
    'RunStoreUnreadable',
    `Which run is the newest cannot be told, because "${runId}" cannot be read: ${why}`,
    {
      fault: 'configuration',
      nextStep: `Name the run that is meant by its id${others}; or mend the folder of "${runId}", or move it away.`,
      cause,
    },
  );
}

/** Whether a file or folder is not there. */
export function isMissing(error: unknown): boolean {
  return isFileError(error) && error.code === 'ENOENT';
}

/** Whether a file is not there, also because what should be its folder is none. */
export function isMissingFile(error: unknown): boolean {
  return isMissing(error) || (isFileError(error) && error.code === 'ENOTDIR');
}

/** Whether a file or folder is there already. */
export function isThere(error: unknown): boolean {
  return isFileError(error) && error.code === 'EEXIST';
}

const OTHER_FOLDER = 'Correct that, or name another folder with --run-store <dir>.';

const NO_ACCESS =
  'Make the folder writable for the user that runs Fanfold, or name another one with --run-store <dir>.';
const NO_SPACE = 'Free some space, or name a folder on another disk with --run-store <dir>.';
const IN_THE_WAY =
  'A file has the name of a folder: remove it, or name another folder with --run-store <dir>.';

const WHAT_TO_DO: Readonly<Record<string, string>> = {
  EACCES: NO_ACCESS,
  EPERM: NO_ACCESS,
  ENOSPC: NO_SPACE,
  EDQUOT: NO_SPACE,
  EROFS: 'The file system is read-only: name a folder on another one with --run-store <dir>.',
  ENOTDIR: IN_THE_WAY,
  EEXIST: IN_THE_WAY,
};

interface FileError extends Error {
  readonly code: string;
}

function isFileError(error: unknown): error is FileError {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}

/** `no space left on device (ENOSPC)`, of `ENOSPC: no space left on device, write`. */
function reasonOf({ code, message }: FileError): string {
  const [, text] = /^[A-Z0-9_]+: (.*?), /.exec(message) ?? [];
  return text === undefined ? message : `${text} (${code})`;
}
