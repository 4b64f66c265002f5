/** The point at which a broken stream resumes. */
export interface ResumeAt {
  /** The number of bytes already read. */
  readonly from: number;
  /** The version that was being read; another version would not continue at this point. */
  readonly etag: string | undefined;
}

/** A response whose body is read as a stream. */
export interface StreamedAnswer {
  readonly body: AsyncIterable<Uint8Array>;
  readonly etag: string | undefined;
}

/** How many times a stream may break off without a byte in between. */
const TRIES = 4;

/**
 * Streams the text of a large object in chunks. If the connection breaks, which happens with gigabytes, the
 * rest is requested again; if that does not help, the error of `open` or of the stream is thrown.
 *
 * @param open requests the whole object, or the rest of it
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
