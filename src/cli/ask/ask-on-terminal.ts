import { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import type { Host } from '../process/host.ts';

/** The streams that a prompt of Inquirer uses, and the signal that ends it. */
export interface PromptContext {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly signal: AbortSignal;
}

/** Nobody answered a question: Ctrl-C, Ctrl-D, a signal, or a terminal that was closed. */
export class Declined extends Error {}

/**
 * Asks one question with a prompt of Inquirer. Throws {@link Declined} if nobody answers.
 *
 * Inquirer handles Ctrl-C by itself. Two cases it does not handle: after the end of input (Ctrl-D) its
 * promise never settles, and a signal ends the process while the terminal still hides what is typed.
 * Both abort the prompt here, which restores the terminal.
 */
export async function askOnTerminal<Answer>(
  { stdin, stderr, env, onSignal }: Host,
  ask: (context: PromptContext) => Promise<Answer>,
): Promise<Answer> {
  const unanswered = new AbortController();
  const abort = () => unanswered.abort();
  // A prompt that was suspended with Ctrl-Z pauses its input too, but keeps the terminal in raw mode.
  const onPause = () => {
    setImmediate(() => {
      if (stdin.isRaw === true) stdin.resume();
      else abort();
    });
  };
  const stopListening = onSignal(abort);
  stdin.on('pause', onPause);
  try {
    const output = lend(stderr, env.TERM === 'dumb');
    return await ask({ input: stdin, output, signal: unanswered.signal });
  } catch (error) {
    throw UNANSWERED.has((error as Error).name) ? new Declined() : error;
  } finally {
    stdin.off('pause', onPause);
    stopListening();
  }
}

const UNANSWERED = new Set(['ExitPromptError', 'AbortPromptError', 'CancelPromptError']);

/**
 * Standard error for one question, because standard output may be a file that receives the result.
 * Inquirer ends the stream that it is given, so it gets one that can be ended.
 */
function lend(stderr: Host['stderr'], isDumb: boolean): NodeJS.WritableStream {
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      stderr.write(isDumb ? stripVTControlCharacters(String(chunk)) : chunk);
      done();
    },
  });
  return Object.assign(stream, { isTTY: true, columns: stderr.columns });
}
