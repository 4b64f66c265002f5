import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { FanfoldError } from '../../../../core/errors.ts';
import { isRestorable } from '../../journal/stored-values.ts';

/** The size at which a batch is written to disk, in bytes: 256 KiB. */
const BATCH_BYTES = 262_144;
/** The maximum number of rows in a batch. */
const BATCH_ROWS = 2_000;

interface Batch {
  readonly position: number;
  readonly length: number;
}

/**
 * A queue of rows for a slow reader. The newest rows are in memory, the others in a temporary file that only this
 * user can read (mode 0600) and that is unlinked as soon as it is open, so nothing remains however the process
 * ends.
 */
export class RowSpool {
  #head: unknown[] = [];
  #headAt = 0;
  readonly #batches: Batch[] = [];
  #tail: unknown[] = [];
  #tailBytes = 0;
  #file: number | undefined;
  #end = 0;

  get isEmpty(): boolean {
    return this.#headAt === this.#head.length && this.#batches.length === 0 && !this.#tail.length;
  }

  /** Adds a row. Throws `StreamTooLarge` if the disk has no space for it. */
  push(row: unknown): void {
    this.#tail.push(row);
    this.#tailBytes += weigh(row);
    if (this.#tailBytes >= BATCH_BYTES || this.#tail.length >= BATCH_ROWS) this.#write();
  }

  /** Removes and returns the oldest row. The spool must not be empty. */
  shift(): unknown {
    if (this.#headAt === this.#head.length) this.#nextHead();
    const row = this.#head[this.#headAt];
    this.#head[this.#headAt++] = undefined;
    return row;
  }

  /** Drops all rows and frees the disk space. */
  close(): void {
    this.#head = [];
    this.#headAt = 0;
    this.#tail = [];
    this.#batches.length = 0;
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #nextHead(): void {
    const batch = this.#batches.shift();
    this.#headAt = 0;
    if (batch === undefined || this.#file === undefined) {
      this.#head = this.#tail;
      this.#tail = [];
      this.#tailBytes = 0;
      return;
    }
    const bytes = Buffer.allocUnsafe(batch.length);
    for (let read = 0; read < batch.length; ) {
      const count = readSync(this.#file, bytes, read, batch.length - read, batch.position + read);
      if (count === 0) throw new Error('The temporary file of a stream of rows was cut short.');
      read += count;
    }
    this.#head = deserialize(bytes) as unknown[];
    if (this.#batches.length === 0) this.#end = 0;
  }

  #write(): void {
    if (!this.#tail.every(isRestorable)) throw notKept();
    const bytes = serialize(this.#tail);
    try {
      this.#file ??= openUnseen();
      for (let written = 0; written < bytes.length; ) {
        const left = bytes.length - written;
        written += writeSync(this.#file, bytes, written, left, this.#end + written);
      }
    } catch (error) {
      throw tooLarge(this.#end, error);
    }
    this.#batches.push({ position: this.#end, length: bytes.length });
    this.#end += bytes.length;
    this.#tail = [];
    this.#tailBytes = 0;
  }
}

function openUnseen(): number {
  const path = join(tmpdir(), `fanfold-${randomUUID()}.rows`);
  const file = openSync(path, 'wx+', 0o600);
  unlinkSync(path);
  return file;
}

/** The approximate size of a value in bytes. */
function weigh(value: unknown): number {
  if (typeof value === 'string') return 16 + value.length * 2;
  if (Buffer.isBuffer(value)) return 64 + value.length;
  if (typeof value !== 'object' || value === null) return 16;
  let bytes = 32;
  for (const held of Object.values(value)) bytes += weigh(held);
  return bytes;
}

function tooLarge(bytes: number, cause: unknown): FanfoldError {
  const { code } = cause as { code?: string };
  return new FanfoldError(
    'StreamTooLarge',
    `The rows of a stream that wait while the migration sends other statements do not fit into the temporary folder ${tmpdir()}: only ${Math.round(bytes / 1_048_576)} MiB could be written (${code ?? 'write failed'}).`,
    {
      fault: 'migration',
      nextStep:
        'Read fewer columns or in pages (WHERE id > ? ORDER BY id LIMIT 1000), or provide more space for temporary files (TMPDIR; on Lambda the ephemeral storage).',
      cause,
    },
  );
}

function notKept(): FanfoldError {
  return new FanfoldError(
    'StreamTooLarge',
    'The rows of a stream must be stored while the migration sends other statements, but `typeCast` or the like has turned their values into class instances, which cannot be stored.',
    {
      fault: 'migration',
      nextStep: 'Read in pages (WHERE id > ? ORDER BY id LIMIT 1000) instead of a stream.',
    },
  );
}
