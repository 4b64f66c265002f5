import type { OutcomeSink } from '../../core/run-store.ts';
import type { Bucket } from './bucket.ts';
import { JSON_LINES } from './content-types.ts';

/** The size of a part in characters. Nothing can be appended to an object, so outcomes are written in parts. */
const PART = 4 * 1024 * 1024;

export interface OutcomePartsOptions {
  readonly bucket: Pick<Bucket, 'writeText'>;
  /** The key of a part; parts start at 1. */
  readonly keyOf: (part: number) => string;
  /**
   * The existing keys. A state that is invoked again writes everything again, perhaps in fewer parts. Parts
   * that are not overwritten are emptied, which needs no permission to delete.
   */
  readonly earlier: readonly string[];
  /** Receives the text of parts that the bucket refused, which this process can still read. */
  readonly unwritten: string[];
}

/** Writes outcomes as JSON lines into objects of a few megabytes. */
export function openOutcomeParts(options: OutcomePartsOptions): OutcomeSink {
  const { bucket, keyOf, earlier, unwritten } = options;
  const stale = new Set(earlier);
  let parts = 0;
  let text = '';
  let failure: { readonly error: unknown } | undefined;
  let writing: Promise<void> = Promise.resolve();

  const writePart = () => {
    const part = text;
    text = '';
    parts += 1;
    const key = keyOf(parts);
    stale.delete(key);
    writing = writing.then(async () => {
      try {
        await bucket.writeText(key, part, JSON_LINES);
      } catch (error) {
        failure ??= { error };
        unwritten.push(part);
      }
    });
    return writing;
  };
  const throwFailure = () => {
    if (failure !== undefined) throw failure.error;
  };

  return {
    async append(outcome) {
      text += `${JSON.stringify(outcome)}\n`;
      if (text.length >= PART) await writePart();
      throwFailure();
    },
    async close() {
      // A round without outcomes gets an object too, which marks it as written.
      if (text !== '' || parts === 0) writePart();
      await writing;
      throwFailure();
      for (const key of stale) await bucket.writeText(key, '', JSON_LINES);
    },
  };
}
