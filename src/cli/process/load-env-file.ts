import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { FanfoldError } from '../../core/errors.ts';

/** Variables whose values are or contain secrets: a truncated value must not be mistaken for the whole. */
const OURS = /^(?:CENTRAL_DATABASE_URL|DB_ENCRYPTION_KEY|FANFOLD_\w*URL)$/;

/**
 * Reads `.env` in the current folder, if it exists, into the environment by the rules of Node's `--env-file`.
 * Variables that are already set take precedence. A byte order mark, as editors on Windows write it, is
 * removed; Node would make it part of the first name. UTF-16, which PowerShell's `>` writes, is understood.
 *
 * Throws `EnvFileUnreadable` if the file exists but cannot be read, and `EnvFileAmbiguous` if an unquoted value
 * of ours contains a `#`, after which Node and dotenv see a comment.
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

/** Decodes by the byte order mark, which the decoder removes. */
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

/** A `#` directly after another character, in a value without quotes. */
const CUT = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(?!["'`])\S*#/;

function refuseCutValues(text: string): void {
  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
    const [, name] = CUT.exec(line) ?? [];
    if (name === undefined || !OURS.test(name)) continue;
    throw new FanfoldError(
      'EnvFileAmbiguous',
      `Line ${index + 1} of .env: the value of ${name} contains a # without quotes, which would start a comment.`,
      {
        fault: 'configuration',
        nextStep: `Put the value in quotes: ${name}="…"; in a URL, also write # as %23.`,
      },
    );
  }
}
