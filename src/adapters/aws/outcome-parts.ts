import type { OutcomeSink } from '../../core/ports.ts';
import type { Bucket } from './bucket.ts';
import { JSON_LINES } from './content-types.ts';

/** Characters of a part. An object is whole or absent, so nothing can be appended to one. */
const PART = 4 * 1024 * 1024;

export interface OutcomePartsOptions {
  readonly bucket: Pick<Bucket, 'writeText'>;
  /** Key of a part, from 1. */
  readonly keyOf: (part: number) => string;
  /**
   * Keys that are there. A state that is invoked again writes the whole again, which may be fewer
   * parts: what is not written anew is emptied, for which it takes no right to delete.
   */
  readonly earlier: readonly string[];
  /** Takes the text of a part that the bucket refused: it is known, so this process reads it back. */
  readonly unwritten: string[];
}

/** Writes outcomes into objects of some megabytes, one JSON line each. */
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
      // A round of no outcomes has an object, too: it is one of which there are outcomes.
      if (text !== '' || parts === 0) writePart();
      await writing;
      throwFailure();
      for (const key of stale) await bucket.writeText(key, '', JSON_LINES);
    },
  };
}
