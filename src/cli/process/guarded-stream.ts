/** Receives text that other code writes to a stream of the process. */
export type ForeignWrite = (text: string) => void;

/** A stream of the process, split between us and the code of migrations. */
export interface GuardedStream {
  /** Writes to the stream itself, whatever other code has done to it. */
  readonly own: NodeJS.WriteStream;
  /** Passes output of other code to the listener, line by line. Returns the function that removes it. */
  onForeign(listener: ForeignWrite): () => void;
}

/**
 * Splits `process.stdout` or `process.stderr`: output of migrations and their libraries, and whatever they do
 * to the stream (replace `write`, end, destroy or cork it), affects neither our lines nor the stream itself.
 * Without a listener the output goes to `otherwise` unchanged.
 *
 * Output that bypasses the stream object is not caught: `fs.writeSync(1, …)`, a child process that inherits
 * the descriptor, native code, and a direct call of the prototype's `write`.
 */
export function guardStream(stream: NodeJS.WriteStream, otherwise: ForeignWrite): GuardedStream {
  const write = stream.write.bind(stream);
  const own: NodeJS.WriteStream = Object.create(stream, {
    write: { value: write },
    on: { value: stream.on.bind(stream) },
    once: { value: stream.once.bind(stream) },
    off: { value: stream.off.bind(stream) },
    removeListener: { value: stream.removeListener.bind(stream) },
  });
  let listener: ForeignWrite | undefined;
  /** An unfinished line, such as dots that show progress. */
  let begun = '';

  const take = (text: string) => {
    if (listener === undefined) {
      otherwise(text);
      return;
    }
    const lines = (begun + text).split('\n');
    begun = lines.pop() ?? '';
    for (const line of lines) listener(line);
  };

  const foreign = (...args: readonly unknown[]): boolean => {
    const [chunk, encoding] = args;
    take(textOf(chunk, encoding));
    const done = args.find((arg) => typeof arg === 'function');
    if (done !== undefined) process.nextTick(done as () => void);
    return true;
  };
  const ended = (...args: readonly unknown[]) => {
    const [chunk] = args;
    if (chunk !== undefined && chunk !== null && typeof chunk !== 'function') foreign(...args);
    else foreign('', ...args);
    return stream;
  };
  replace(stream, {
    write: foreign,
    end: ended,
    destroy: (error?: unknown) => {
      // Node destroys the stream this way when it cannot be written.
      if (error instanceof Error && error === stream.errored) stream.emit('error', error);
      return stream;
    },
    destroySoon: () => stream,
    cork: () => {},
    uncork: () => {},
  });

  return {
    own,
    onForeign(next) {
      listener = next;
      return () => {
        if (listener !== next) return;
        if (begun !== '') listener(begun);
        begun = '';
        listener = undefined;
      };
    },
  };
}

function replace(stream: NodeJS.WriteStream, methods: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(methods)) {
    Object.defineProperty(stream, name, { value, configurable: true, writable: true });
  }
}

function textOf(chunk: unknown, encoding: unknown): string {
  if (typeof chunk === 'string') {
    const isText = typeof encoding !== 'string' || /^utf-?8$/i.test(encoding);
    return isText ? chunk : Buffer.from(chunk, encoding as BufferEncoding).toString('utf8');
  }
  return chunk instanceof Uint8Array ? Buffer.from(chunk).toString('utf8') : '';
}
