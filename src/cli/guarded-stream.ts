/** Text that others write on a stream of the process that is Fanfold's. */
export type ForeignWrite = (text: string) => void;

/** A stream of the process, divided between us and the code of migrations. */
export interface GuardedStream {
  /** Writes to the stream itself, whatever others have made of it. */
  readonly own: NodeJS.WriteStream;
  /** Hands what others write to the listener, line by line, until it is taken off. */
  onForeign(listener: ForeignWrite): () => void;
}

/**
 * Divides `process.stdout` or `process.stderr`: what migrations and their libraries write there, or do
 * to it (replace `write`, `end()` it, destroy or cork it), reaches neither our lines nor the stream
 * itself. Without a listener it goes to `otherwise`, as it comes.
 *
 * Not caught is what goes past the stream object: `fs.writeSync(1, …)`, a child process that inherits
 * the descriptor, native code, and the prototype's own `write` called by hand.
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
  /** A line that has no end yet, such as dots that show progress. */
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
      // The stream itself ends this way when it cannot be written.
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
