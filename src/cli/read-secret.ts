import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { FanfoldError } from '../core/errors.ts';
import type { Host } from './host.ts';

/** More than any password has; what is longer was piped in by mistake. */
const MOST_BYTES = 64 * 1024;

/**
 * A secret from standard input: typed without an echo on a terminal, else everything that is piped
 * in, without the line break at its end that `echo` adds. `undefined` after Ctrl-C.
 */
export async function readSecret(host: Host, prompt: string): Promise<string | undefined> {
  return host.stdin.isTTY === true ? askForSecret(host, prompt) : readAll(host);
}

async function askForSecret({ stdin, stderr }: Host, prompt: string): Promise<string | undefined> {
  // The prompt goes to standard error: standard output may be a file that takes the result.
  stderr.write(`${prompt}: `);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output: nowhere, terminal: true });
  try {
    const answer: { text?: string; interrupted?: boolean } = {};
    lines.once('line', (line) => {
      answer.text = line;
      lines.close();
    });
    lines.once('SIGINT', () => {
      answer.interrupted = true;
      lines.close();
    });
    await once(lines, 'close');
    if (answer.interrupted === true) return undefined;
    if (answer.text === undefined) throw nothingTyped();
    return answer.text;
  } finally {
    lines.close();
    stderr.write('\n');
  }
}

async function readAll({ stdin }: Host): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stdin) {
    const bytes = Buffer.from(chunk);
    chunks.push(bytes);
    length += bytes.length;
    if (length > MOST_BYTES) throw tooLong();
  }
  return decode(Buffer.concat(chunks)).replace(/\r?\n$/, '');
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new FanfoldError('PasswordNotText', 'The password on standard input is not UTF-8 text.', {
      fault: 'usage',
      nextStep: 'Pipe the password in as UTF-8.',
    });
  }
}

function tooLong(): FanfoldError {
  return new FanfoldError(
    'PasswordTooLong',
    `Standard input holds more than ${MOST_BYTES / 1024} KiB, which is no password.`,
    { fault: 'usage', nextStep: 'Pipe in the password alone.' },
  );
}

function nothingTyped(): FanfoldError {
  return new FanfoldError('PasswordMissing', 'No password was typed.', {
    fault: 'usage',
    nextStep: 'Run the command again and type the password, or pipe it in.',
  });
}
