import { Writable } from 'node:stream';
import type { Host } from '../host.ts';
import type { OutputStream } from '../output/look.ts';

/** Asks a person at a terminal. Each method throws {@link Declined} after Ctrl-C. */
export interface Questions {
  /** One of several; the first is where the cursor is. */
  choose<Value>(question: string, choices: readonly Choice<Value>[]): Promise<Value>;
  /** Enter means yes. */
  agree(question: string): Promise<boolean>;
}

export interface Choice<Value> {
  readonly name: string;
  readonly value: Value;
}

/** Somebody has left a question with Ctrl-C. */
export class Declined extends Error {}

/** `undefined` where nobody can be asked: no terminal on one side or the other. */
export function questionsOn(host: Host): Questions | undefined {
  const { stdin, stderr } = host;
  if (stdin.isTTY !== true || stderr.isTTY !== true) return undefined;
  const context = () => ({ input: stdin, output: lent(stderr) });
  return {
    async choose(question, choices) {
      const { default: select } = await import('@inquirer/select');
      return untilDeclined(select({ message: question, choices: [...choices] }, context()));
    },
    async agree(question) {
      const { default: confirm } = await import('@inquirer/confirm');
      return untilDeclined(confirm({ message: question, default: true }, context()));
    },
  };
}

/**
 * Standard error for the time of one question, since standard output may be a file that takes the result.
 * Inquirer ends the stream that it is given.
 */
function lent(stderr: OutputStream): Writable {
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      stderr.write(chunk);
      done();
    },
  });
  return Object.assign(stream, { isTTY: true, columns: stderr.columns });
}

async function untilDeclined<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    // The names of Inquirer's errors for Ctrl-C and for an input that has ended.
    if (/^(?:ExitPromptError|AbortPromptError|CancelPromptError)$/.test((error as Error).name)) {
      throw new Declined();
    }
    throw error;
  }
}
