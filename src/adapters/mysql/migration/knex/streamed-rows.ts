import { Duplex } from 'node:stream';
import { RowDigest } from '../../journal/stored-answer.ts';
import { RowSpool } from './row-spool.ts';

/**
 * A stream between the driver and the reader of a streamed query. It computes the digest of the rows for the
 * journal, and passes it to `onEnd` before the stream ends for the reader; if `onEnd` throws, the reader gets that
 * error instead.
 */
export class StreamedRows extends Duplex {
  readonly #digest = new RowDigest();
  readonly #onEnd: (stored: string) => void;
  /** Rows that arrived before the reader requested them. */
  readonly #spool = new RowSpool();
  #absorbing = false;
  #wanted = false;
  #ended = false;
  #next: (() => void) | undefined;

  constructor(onEnd: (stored: string) => void) {
    super({ objectMode: true });
    this.#onEnd = onEnd;
  }

  /**
   * From now on accepts all rows as fast as they arrive, and stores those that the reader has not requested. On
   * the same connection, a statement waits until all rows are read: a reader that awaits such a statement before
   * it continues to read would wait forever.
   */
  absorb(): void {
    this.#absorbing = true;
    this.#takeNext();
  }

  override _write(row: unknown, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    try {
      this.#digest.add(row);
      if (this.#wanted && this.#spool.isEmpty) this.#wanted = this.push(row);
      else this.#spool.push(row);
    } catch (error) {
      done(error as Error);
      return;
    }
    if (this.#wanted || this.#absorbing) done();
    else this.#next = done;
  }

  override _read(): void {
    this.#wanted = true;
    try {
      while (this.#wanted && !this.#spool.isEmpty) this.#wanted = this.push(this.#spool.shift());
    } catch (error) {
      this.destroy(error as Error);
      return;
    }
    if (!this.#spool.isEmpty) return;
    if (this.#ended) this.push(null);
    else this.#takeNext();
  }

  override _final(done: (error?: Error) => void): void {
    try {
      this.#onEnd(this.#digest.stored());
    } catch (error) {
      done(error as Error);
      return;
    }
    this.#ended = true;
    if (this.#spool.isEmpty) this.push(null);
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#spool.close();
    done(error);
  }

  #takeNext(): void {
    const next = this.#next;
    this.#next = undefined;
    next?.();
  }
}
