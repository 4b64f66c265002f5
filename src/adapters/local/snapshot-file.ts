import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { FanfoldError } from '../../core/errors.ts';
import { parseSnapshotHeader } from '../../core/snapshot/parse-snapshot-header.ts';
import type { Snapshot, SnapshotHeader, SnapshotStatement } from '../../core/snapshot/snapshot.ts';
import { type SnapshotSink, SnapshotTooLarge } from '../../core/snapshot/snapshot-sink.ts';
import { displayPath } from './display-path.ts';

/**
 * Opens a snapshot's file for writing: one line of JSON for the header, and one
 * for each statement, a list of one if nothing may follow it in its packet. Nothing is at
 * `path` before the snapshot is kept.
 *
 * @param limit the most bytes of statements
 */
export async function openSnapshotSink(path: string, limit: number): Promise<SnapshotSink> {
  const [bodyPath, wholePath] = [`${path}.${process.pid}.part`, `${path}.${process.pid}.whole`];
  const body = await openForWriting(bodyPath, path);
  const hash = createHash('sha256');
  const counts = { statements: 0, longest: 0, bytes: 0 };
  let waiting: string[] = [];
  let waitingBytes = 0;
  const flush = async () => {
    if (waiting.length === 0) return;
    const text = waiting.join('');
    waiting = [];
    waitingBytes = 0;
    hash.update(text);
    await body.writeFile(text);
  };
  return {
    async write({ sql, isAlone }) {
      const line = `${JSON.stringify(isAlone ? [sql] : sql)}\n`;
      const bytes = Buffer.byteLength(line);
      counts.statements += 1;
      counts.longest = Math.max(counts.longest, Buffer.byteLength(sql));
      counts.bytes += bytes;
      if (counts.bytes > limit) throw new SnapshotTooLarge(limit);
      waiting.push(line);
      waitingBytes += bytes;
      if (waitingBytes > FLUSHED_BYTES) await flush();
    },
    async finish(facts) {
      await flush();
      const header: SnapshotHeader = { ...facts, ...counts, hash: hash.digest('hex') };
      const whole = createWriteStream(wholePath);
      whole.write(`${JSON.stringify(header)}\n`);
      await pipeline(createReadStream(bodyPath), whole);
      return readSnapshotFile(wholePath);
    },
    keep: () => rename(wholePath, path),
    async discard() {
      await body.close();
      await Promise.all([bodyPath, wholePath].map((each) => rm(each, { force: true })));
    },
  };
}

const FLUSHED_BYTES = 256 * 1024;

/**
 * Reads the header of a snapshot, and checks that the file is whole.
 *
 * Throws `SnapshotInvalid` for a file that is damaged, or of another format.
 */
export async function readSnapshotFile(path: string): Promise<Snapshot> {
  const shown = displayPath(path);
  try {
    return await readWhole(path, shown);
  } catch (error) {
    if (error instanceof FanfoldError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw invalid(shown, `cannot be read: ${code ?? message}`);
  }
}

async function readWhole(path: string, shown: string): Promise<Snapshot> {
  const hash = createHash('sha256');
  let [text, start, bytes] = ['', 0, 0];
  let isInHeader = true;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    let rest = chunk;
    if (isInHeader) {
      const end = chunk.indexOf('\n');
      text += chunk.subarray(0, end < 0 ? chunk.length : end).toString('utf8');
      start += end < 0 ? chunk.length : end + 1;
      if (end < 0) continue;
      isInHeader = false;
      rest = chunk.subarray(end + 1);
    }
    hash.update(rest);
    bytes += rest.length;
  }
  const header = parseSnapshotHeader(text, shown);
  if (bytes !== header.bytes || hash.digest('hex') !== header.hash) {
    throw invalid(shown, 'is truncated, or was changed');
  }
  return { header, statements: () => statementsOf(path, start) };
}

async function* statementsOf(path: string, start: number): AsyncGenerator<SnapshotStatement> {
  const lines = createInterface({ input: createReadStream(path, { start }) });
  for await (const line of lines) {
    const read = JSON.parse(line) as string | [string];
    yield typeof read === 'string'
      ? { sql: read, isAlone: false }
      : { sql: read[0], isAlone: true };
  }
}

/** A text that changes with the file; `undefined` if there is none. */
export async function snapshotFileStamp(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found === undefined ? undefined : `${found.ino} ${found.size} ${found.mtimeMs}`;
}

function invalid(file: string, what: string): FanfoldError {
  return new FanfoldError('SnapshotInvalid', `The snapshot ${file} ${what}.`, {
    fault: 'configuration',
    nextStep: 'Make it again: `fanfold migrate:snapshot`',
  });
}

async function openForWriting(path: string, wanted: string): Promise<FileHandle> {
  try {
    return await open(path, 'w');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new FanfoldError(
      'SnapshotInvalid',
      `The snapshot ${displayPath(wanted)} cannot be written: ${code ?? message}.`,
      { fault: 'configuration', nextStep: 'Name a file in a folder that exists, with --out.' },
    );
  }
}
