import { Duplex } from 'node:stream';
import { RowDigest } from '../journal/stored-answer.ts';

/**
 * Between the driver and whoever reads a streamed query. Takes what the journal keeps of the rows, and
 * hands that to `onEnd` before the reader learns that there are no more; what `onEnd` throws, the
 * reader is told instead.
 */
export class StreamedRows extends Duplex {
  readonly #digest = new RowDigest();
  readonly #onEnd: (stored: string) => void;
  #absorbing = false;
  #next: (() => void) | undefined;

  constructor(onEnd: (stored: string) => void) {
    super({ objectMode: true });
    this.#onEnd = onEnd;
  }

  /**
   * From now on takes all rows, as fast as they come. On the one connection a statement waits behind
   * them: a reader that waits for its answer before it reads on would wait for ever.
   */
  absorb(): void {
    this.#absorbing = true;
    this._read();
  }

  override _write(row: unknown, _encoding: BufferEncoding, done: () => void): void {
    this.#digest.add(row);
    if (this.push(row) || this.#absorbing) done();
    else this.#next = done;
  }

  override _read(): void {
    const next = this.#next;
    this.#next = undefined;
    next?.();
  }

  override _final(done: (error?: Error) => void): void {
    try {
      this.#onEnd(this.#digest.stored());
      this.push(null);
      done();
    } catch (error) {
      done(error as Error);
    }
  }
}
