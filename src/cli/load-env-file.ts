import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { FanfoldError } from '../core/errors.ts';

/** Variables whose values are secrets or hold one: half of one must not pass for the whole. */
const OURS = /^(?:CENTRAL_DATABASE_URL|DB_ENCRYPTION_KEY|FANFOLD_\w*URL)$/;

/**
 * Reads `.env` of the current folder, if there is one, into the environment, by Node's own rules
 * (`--env-file`): `export` in front, quotes and comments as dotenv has them. What is set already wins.
 * A byte order mark, as editors on Windows write it, is taken off; Node would make it a part of the
 * first name. UTF-16, which PowerShell's `>` writes, is read as such.
 *
 * Throws `EnvFileUnreadable` if the file is there but cannot be read, and `EnvFileAmbiguous` if an
 * unquoted value of ours has a `#`, from which on Node and dotenv take it for a comment.
 */
export function loadEnvFile(): void {
  const text = readEnvFile();
  if (text === undefined) return;
  refuseCutValues(text);
  for (const [name, value] of Object.entries(parseEnv(text))) process.env[name] ??= value;
}

function readEnvFile(): string | undefined {
  try {
    return decode(readFileSync('.env'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new FanfoldError('EnvFileUnreadable', `The file .env cannot be read (${code}).`, {
      fault: 'configuration',
      nextStep: 'Allow this user to read the file, or remove it.',
      cause: error,
    });
  }
}

/** By its byte order mark, which the decoder takes off. */
function decode(bytes: Buffer): string {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe
      ? 'utf-16le'
      : first === 0xfe && second === 0xff
        ? 'utf-16be'
        : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}

/** A `#` directly after another character of a value that no quote begins. */
const CUT = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(?!["'`])\S*#/;

function refuseCutValues(text: string): void {
  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
    const [, name] = CUT.exec(line) ?? [];
    if (name === undefined || !OURS.test(name)) continue;
    throw new FanfoldError(
      'EnvFileAmbiguous',
      `Line ${index + 1} of .env: the value of ${name} holds a # without quotes, from which on it would be taken for a comment.`,
      {
        fault: 'configuration',
        nextStep: `Put the value in quotes: ${name}="…"; in a URL write # as %23 as well.`,
      },
    );
  }
}
