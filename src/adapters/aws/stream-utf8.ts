/** Where a stream goes on that broke off. */
export interface ResumeAt {
  /** Bytes that were read already. */
  readonly from: number;
  /** What was being read: another version of it would not go on where this one stopped. */
  readonly etag: string | undefined;
}

/** An answer whose body is being read. */
export interface StreamedAnswer {
  readonly body: AsyncIterable<Uint8Array>;
  readonly etag: string | undefined;
}

/** Times that a stream may break off without a byte in between. */
const TRIES = 4;

/**
 * The text of a large object, chunk by chunk. Where the connection breaks off in the middle, which in
 * gigabytes it sometimes does, it is asked for the rest; throws what `open` or the stream throws where
 * that does not help either.
 *
 * @param open asks for the whole, or for what is left of it
 */
export async function* streamUtf8(
  open: (resume: ResumeAt | undefined) => Promise<StreamedAnswer>,
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let from = 0;
  let etag: string | undefined;
  for (let tries = 1; ; ) {
    const answer = await open(from === 0 ? undefined : { from, etag });
    etag ??= answer.etag;
    try {
      for await (const chunk of answer.body) {
        from += chunk.byteLength;
        tries = 1;
        const text = decoder.decode(chunk, { stream: true });
        if (text !== '') yield text;
      }
      const end = decoder.decode();
      if (end !== '') yield end;
      return;
    } catch (error) {
      if (tries >= TRIES) throw error;
      tries += 1;
    }
  }
}
