import { FanfoldError } from '../../core/errors.ts';

/** Explains a failed write. Errors that are not file system errors are returned unchanged. */
export function unwritable(folder: string, error: unknown): unknown {
  if (!isFileError(error)) return error;
  return new FanfoldError(
    'RunStoreUnwritable',
    `The run store ${folder} cannot be written: ${reasonOf(error)}.`,
    { fault: 'configuration', nextStep: NEXT_STEPS[error.code] ?? OTHER_FOLDER, cause: error },
  );
}

/** Explains a failed read. Errors that are not file system errors are returned unchanged. */
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

/** Explains a file whose contents are not what was written. */
export function damaged(file: string, cause?: unknown): FanfoldError {
  return new FanfoldError('RunStoreUnreadable', `${file} is damaged: it is not valid JSON.`, {
    fault: 'configuration',
    nextStep: 'Restore the file, or start a new run: tenants that are up to date are not changed.',
    cause,
  });
}

/** Explains why the newest run cannot be determined: a run that may be the newest cannot be read. */
export function newestUnknown(
  runId: string,
  readable: readonly string[],
  cause: unknown,
): FanfoldError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const others = readable.length === 0 ? '' : `, such as ${readable.slice(0, 5).join(', ')}`;
  return new FanfoldError(
    'RunStoreUnreadable',
    `The newest run cannot be determined, because "${runId}" cannot be read: ${why}`,
    {
      fault: 'configuration',
      nextStep: `Name the run by its id${others}; or repair the folder of "${runId}", or move it away.`,
      cause,
    },
  );
}

/** Whether a file or folder does not exist. */
export function isMissing(error: unknown): boolean {
  return isFileError(error) && error.code === 'ENOENT';
}

/** Whether a file does not exist, perhaps because its parent is not a folder. */
export function isMissingFile(error: unknown): boolean {
  return isMissing(error) || (isFileError(error) && error.code === 'ENOTDIR');
}

/** Whether a file or folder already exists. */
export function isThere(error: unknown): boolean {
  return isFileError(error) && error.code === 'EEXIST';
}

const OTHER_FOLDER = 'Fix the cause, or name another folder with --run-store <dir>.';

const NO_ACCESS =
  'Make the folder writable for the user that runs Fanfold, or name another one with --run-store <dir>.';
const NO_SPACE = 'Free some space, or name a folder on another disk with --run-store <dir>.';
const IN_THE_WAY =
  'A file exists where a folder is needed: remove it, or name another folder with --run-store <dir>.';

const NEXT_STEPS: Readonly<Record<string, string>> = {
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

/** Turns `ENOSPC: no space left on device, write` into `no space left on device (ENOSPC)`. */
function reasonOf({ code, message }: FileError): string {
  const [, text] = /^[A-Z0-9_]+: (.*?), /.exec(message) ?? [];
  return text === undefined ? message : `${text} (${code})`;
}
