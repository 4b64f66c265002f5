import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { FanfoldError } from '../../../../core/errors.ts';
import { isRestorable } from '../../journal/stored-values.ts';

/** Size of a batch before it goes to the disk, in bytes: 256 KiB. */
const BATCH_BYTES = 262_144;
/** Most rows of a batch. */
const BATCH_ROWS = 2_000;

interface Batch {
  readonly position: number;
  readonly length: number;
}

/**
 * Rows that wait for a slow reader, first in, first out. The newest few are kept in memory, all before
 * them in a temporary file that nobody else can read (mode 0600) and that is deleted as soon as it is
 * open: nothing is left of it, however the process ends.
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

  /** Throws `StreamTooLarge` if the disk has no room for it. */
  push(row: unknown): void {
    this.#tail.push(row);
    this.#tailBytes += weigh(row);
    if (this.#tailBytes >= BATCH_BYTES || this.#tail.length >= BATCH_ROWS) this.#write();
  }

  /** The oldest row; only if the spool is not empty. */
  shift(): unknown {
    if (this.#headAt === this.#head.length) this.#nextHead();
    const row = this.#head[this.#headAt];
    this.#head[this.#headAt++] = undefined;
    return row;
  }

  /** Gives the room on the disk back. */
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

/** Roughly how many bytes a row takes. */
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
    `The rows of a stream that wait while the migration sends other statements do not fit into the temporary folder ${tmpdir()}: it took ${Math.round(bytes / 1_048_576)} MiB of them (${code ?? 'write failed'}).`,
    {
      fault: 'migration',
      nextStep:
        'Read fewer columns or in pages (WHERE id > ? ORDER BY id LIMIT 1000), or give the temporary folder more room (TMPDIR; on Lambda the ephemeral storage).',
      cause,
    },
  );
}

function notKept(): FanfoldError {
  return new FanfoldError(
    'StreamTooLarge',
    'The rows of a stream have to be put aside while the migration sends other statements, and `typeCast` or the like has made objects of a class of their values, which cannot be.',
    {
      fault: 'migration',
      nextStep: 'Read in pages (WHERE id > ? ORDER BY id LIMIT 1000) instead of a stream.',
    },
  );
}
