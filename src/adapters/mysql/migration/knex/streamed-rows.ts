import { Duplex } from 'node:stream';
import { RowDigest } from '../../journal/stored-answer.ts';
import { RowSpool } from './row-spool.ts';

/**
 * Between the driver and whoever reads a streamed query. Takes what the journal keeps of the rows, and
 * hands that to `onEnd` before the reader learns that there are no more; what `onEnd` throws, the
 * reader is told instead.
 */
export class StreamedRows extends Duplex {
  readonly #digest = new RowDigest();
  readonly #onEnd: (stored: string) => void;
  /** Rows that the driver had to hand over before the reader asked for them. */
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
   * From now on takes all rows, as fast as they come, and puts aside what the reader does not want yet.
   * On the one connection a statement waits until they are read: a reader that waits for its answer before it
   * reads on would wait for ever.
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
