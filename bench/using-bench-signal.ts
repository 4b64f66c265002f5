/** Runs a bench: prints its usage, ends it at Ctrl-C, SIGTERM or when the time is up, and prints why it failed. */
export async function usingBenchSignal<Options extends { readonly minutes: number }>(
  parse: () => Options | 'help',
  usage: string,
  work: (options: Options, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  let timeIsUp: NodeJS.Timeout | undefined;
  try {
    const options = parse();
    if (options === 'help') return console.log(usage);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        console.error('Stopping, and dropping what was created. Once more to leave it there.');
        stop.abort(new Error('Interrupted.'));
        process.exitCode = 130;
      });
    }
    timeIsUp = setTimeout(
      () => stop.abort(new Error(`Not done within ${options.minutes} minutes (--minutes).`)),
      options.minutes * 60_000,
    );
    await work(options, stop.signal);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode ??= 1;
  } finally {
    clearTimeout(timeIsUp);
  }
}
