import { type FileHandle, open } from 'node:fs/promises';
import type { OutcomeSink } from '../../core/run-store.ts';

/** The number of characters that may wait for the disk before `append` waits too. */
const HIGH_WATER = 64 * 1024;

/**
 * Appends outcomes to a new file, one JSON line each. A line is written at once if no other write is in
 * progress; lines that arrive during a write go out together with the next one. So a slow run loses
 * nothing in a crash, and a fast run does not write line by line. Lines that the disk refused are put into
 * `unwritten`. `explain` creates the error that is thrown.
 */
export async function openOutcomeFile(
  path: string,
  unwritten: string[],
  explain: (error: unknown) => unknown,
): Promise<OutcomeSink> {
  const file = await open(path, 'wx', 0o600);
  let waiting: string[] = [];
  let waitingSize = 0;
  let writing: Promise<void> | undefined;
  let failure: { readonly error: unknown } | undefined;

  const write = async () => {
    while (waiting.length > 0 && failure === undefined) {
      const lines = waiting;
      waiting = [];
      waitingSize = 0;
      try {
        await file.appendFile(lines.join(''));
      } catch (error) {
        failure = { error: explain(error) };
        // Some lines may be in the file too: readers use a tenant's first outcome.
        unwritten.push(...lines, ...waiting);
      }
    }
    writing = undefined;
  };

  const throwFailure = () => {
    if (failure !== undefined) throw failure.error;
  };

  return {
    async append(outcome) {
      const line = `${JSON.stringify(outcome)}\n`;
      if (failure !== undefined) {
        unwritten.push(line);
        throw failure.error;
      }
      waiting.push(line);
      waitingSize += line.length;
      writing ??= write();
      if (waitingSize > HIGH_WATER) await writing;
      throwFailure();
    },
    async close() {
      await writing;
      try {
        await closeSynced(file);
      } catch (error) {
        failure ??= { error: explain(error) };
      }
      throwFailure();
    },
  };
}

async function closeSynced(file: FileHandle): Promise<void> {
  try {
    await file.datasync();
  } finally {
    await file.close();
  }
}
