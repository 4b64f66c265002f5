import type { createLogUpdate } from 'log-update';
import type { Host } from '../host.ts';
import { createLook, type Look } from './look.ts';
import { printable } from './printable.ts';
import { renderCommands } from './render-commands.ts';
import { Verbatim } from './verbatim.ts';
import { wrapText } from './wrap-text.ts';

/** How often the progress line is drawn, and how long lines wait to be written together. */
const DRAW_EVERY_MS = 100;

type Line = string | Verbatim;

type ProgressLine = ReturnType<typeof createLogUpdate>;

/**
 * Standard output and standard error of one command, with a progress line at the bottom where
 * standard error is a terminal. Lines appear above it; they are written together a few times a
 * second, so that a fast fleet does not make it flicker.
 */
export interface Screen {
  readonly out: Look;
  readonly err: Look;
  /** Whether a progress line can be drawn. */
  readonly draws: boolean;
  /** Whether somebody sees standard output on a terminal while the run goes on; otherwise it is a log. */
  readonly isWatched: boolean;
  /** Lines for standard output. Commands in them are shown as the user calls us, as in the others. */
  print(lines: readonly Line[]): void;
  /** Lines for standard error: what is not the command's result. */
  note(lines: readonly Line[]): void;
  /** A paragraph for standard error that should catch the eye; whoever wrote it. */
  warn(text: string): void;
  /** Draws the progress line from now on; does nothing where there is no terminal. */
  showProgress(render: (look: Look) => string): void;
  /** Takes the progress line away and writes what waits. */
  hideProgress(): void;
}

/**
 * Hands a screen to `work` and clears up behind it, whatever happens.
 *
 * The progress line is drawn by log-update rather than cli-progress: it is maintained, typed, an ES
 * module, can be cleared and redrawn around other output, and leaves the layout to the caller.
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

/** Nothing where no terminal shows it; and `--help` need not wait until log-update is loaded. */
async function openProgressLine({
  stderr,
  env,
  pipesOutput,
}: Host): Promise<ProgressLine | undefined> {
  // Some CI systems pretend to be a terminal, but keep every frame in their log.
  // Behind a pipe there may be a `tee` that writes to this very terminal, where we would then erase
  // its lines.
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
    const { palette } = stream === stderr ? err : out;
    const shown = lines.map((line) =>
      line instanceof Verbatim ? line.text : renderCommands(line, invocation, palette),
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
