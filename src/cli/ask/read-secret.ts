import { FanfoldError } from '../../core/errors.ts';
import type { Host } from '../process/host.ts';
import { askOnTerminal } from './ask-on-terminal.ts';
import { fitQuestion } from './fit-question.ts';

/** More than any password has; longer input was piped in by mistake. */
const MOST_BYTES = 64 * 1024;

/**
 * Reads a secret from standard input: on a terminal it is typed without an echo; otherwise it is everything
 * that is piped in, without the line break that `echo` adds. Throws `Declined` if nobody types it.
 */
export async function readSecret(host: Host, prompt: string): Promise<string> {
  if (host.stdin.isTTY !== true) return readAll(host);
  const { default: password } = await import('@inquirer/password');
  const message = fitQuestion(host, `${prompt}:`, ' [input is masked]');
  return askOnTerminal(host, (context) => password({ message }, context));
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
    `Standard input holds more than ${MOST_BYTES / 1024} KiB, which cannot be a password.`,
    { fault: 'usage', nextStep: 'Pipe in the password alone.' },
  );
}
