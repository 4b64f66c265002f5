import type { createLogUpdate } from 'log-update';
import type { Host } from '../process/host.ts';
import { createLook, type Look } from './look.ts';
import { printable } from './printable.ts';
import { renderLine } from './render-line.ts';
import { Verbatim } from './verbatim.ts';
import { wrapText } from './wrap-text.ts';

/** How often the progress line is drawn, and how long lines wait to be written together. */
const DRAW_EVERY_MS = 100;

type Line = string | Verbatim;

type ProgressLine = ReturnType<typeof createLogUpdate>;

/**
 * Standard output and standard error of one command, with a progress line at the bottom if standard error is
 * a terminal. Other lines appear above it, in batches a few times per second: a fast fleet would make it
 * flicker otherwise.
 */
export interface Screen {
  readonly out: Look;
  readonly err: Look;
  /** Whether a progress line can be drawn. */
  readonly draws: boolean;
  /** Whether somebody watches standard output on a terminal; otherwise it is a log. */
  readonly isWatched: boolean;
  /**
   * Prints lines to standard output. In all lines, commands are shown as the user calls us, and a line that is wider
   * than the terminal is broken at its spaces.
   */
  print(lines: readonly Line[]): void;
  /** Prints lines to standard error, for anything but the result of the command. */
  note(lines: readonly Line[]): void;
  /** Prints a highlighted paragraph to standard error; the text may come from anywhere. */
  warn(text: string): void;
  /** Draws the progress line from now on; does nothing without a terminal. */
  showProgress(render: (look: Look) => string): void;
  /** Removes the progress line and writes the waiting lines. */
  hideProgress(): void;
}

/**
 * Passes a screen to `work` and removes the progress line afterwards, whatever happens.
 *
 * The progress line is drawn by log-update rather than cli-progress: it is maintained and typed, can be
 * cleared and redrawn around other output, and leaves the layout to the caller.
 */
export async function usingScreen<Result>(
  host: Host,
  work: (screen: Screen) => Promise<Result>,
): Promise<Result> {
  const screen = createScreen(host, await openProgressLine(host));
  try {
    return await work(screen);
  } finally {
    screen.hideProgress();
  }
}

/** Opens nothing without a terminal. log-update is loaded here, so `--help` does not wait for it. */
async function openProgressLine({
  stderr,
  env,
  pipesOutput,
}: Host): Promise<ProgressLine | undefined> {
  // Some CI systems pretend to be a terminal, but keep every frame in their log.
  // A pipe may lead to a `tee` that writes to this very terminal, where we would erase its lines.
  const canDraw = stderr.isTTY === true && !pipesOutput && env.TERM !== 'dumb' && !env.CI;
  if (!canDraw) return undefined;
  const { createLogUpdate } = await import('log-update');
  // The cursor stays visible: a killed process could not bring it back.
  return createLogUpdate(stderr, { showCursor: true });
}

function createScreen(
  { stdout, stderr, env, invocation }: Host,
  line: ProgressLine | undefined,
): Screen {
  const out = createLook(stdout);
  const err = createLook(stderr);
  let waiting: { readonly stream: NodeJS.WritableStream; readonly text: string }[] = [];
  let render: ((look: Look) => string) | undefined;
  let timer: NodeJS.Timeout | undefined;

  const flush = () => {
    const batch = waiting;
    waiting = [];
    const sharesTerminal = batch.some(({ stream }) => stream === stderr || stdout.isTTY === true);
    if (render !== undefined && sharesTerminal) line?.clear();
    for (const { stream, text } of batch) stream.write(text);
    if (render !== undefined) line?.(render(err));
  };

  const write = (stream: NodeJS.WritableStream, lines: readonly Line[]) => {
    if (lines.length === 0) return;
    const look = stream === stderr ? err : out;
    const shown = lines.flatMap((line) =>
      line instanceof Verbatim ? line.text : renderLine(line, invocation, look),
    );
    waiting.push({ stream, text: `${shown.join('\n')}\n` });
    if (render === undefined) flush();
  };

  return {
    out,
    err,
    draws: line !== undefined,
    // Some CI systems pretend to be a terminal.
    isWatched: stdout.isTTY === true && !env.CI,
    print: (lines) => write(stdout, lines),
    note: (lines) => write(stderr, lines),
    warn: (text) => write(stderr, wrapText(printable(text), err.width, '  ').map(err.palette.warn)),
    showProgress(draw) {
      if (line === undefined) return;
      render = draw;
      timer ??= setInterval(flush, DRAW_EVERY_MS).unref();
      flush();
    },
    hideProgress() {
      clearInterval(timer);
      timer = undefined;
      if (render !== undefined) line?.clear();
      render = undefined;
      flush();
    },
  };
}
