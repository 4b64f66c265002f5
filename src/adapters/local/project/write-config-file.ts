import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { FanfoldError } from '../../../core/errors.ts';
import { writeWhole } from '../write-whole.ts';

/** Writes a configuration completely or not at all. It contains no secret, so others may read it. */
export async function writeConfigFile(folder: string, name: string, text: string): Promise<void> {
  const path = join(folder, name);
  try {
    await writeWhole(path, async (file) => {
      await file.writeFile(text);
    });
    await chmod(path, 0o666 & ~process.umask());
  } catch (error) {
    throw notWritable(name, error);
  }
}

function notWritable(name: string, cause: unknown): FanfoldError {
  const { code } = cause as NodeJS.ErrnoException;
  return new FanfoldError(
    'ConfigFileNotWritable',
    `The file ${name} cannot be written (${code ?? String(cause)}).`,
    {
      fault: 'configuration',
      nextStep: 'Allow this user to write into the folder, or run the command in another one.',
      cause,
    },
  );
}
