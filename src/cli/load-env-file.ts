import { FanfoldError } from '../core/errors.ts';

/**
 * Reads `.env` of the current folder, if there is one, into the environment. What is set already
 * wins. Throws `EnvFileUnreadable` where it is there but cannot be read.
 */
export function loadEnvFile(): void {
  try {
    process.loadEnvFile();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return;
    throw new FanfoldError('EnvFileUnreadable', `The file .env cannot be read (${code}).`, {
      fault: 'configuration',
      nextStep: 'Allow this user to read the file, or remove it.',
      cause: error,
    });
  }
}
