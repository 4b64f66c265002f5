import { readFile } from 'node:fs/promises';
import { formatKeyRing } from '../../core/encryption/format-key-ring.ts';
import { cachedKeyRing, type KeyRingStore } from '../../core/encryption/key-ring.ts';
import { parseKeyRing } from '../../core/encryption/parse-key-ring.ts';
import { FanfoldError } from '../../core/errors.ts';
import { stripBom } from '../../core/text/strip-bom.ts';
import { writeWhole } from './write-whole.ts';

/**
 * A key ring or a bare key in a file, as Docker and Kubernetes mount secrets. A trailing line break is
 * ignored. The file is written completely or not at all, readable only by its owner.
 */
export function createKeyRingFile(path: string): KeyRingStore {
  const source = `The file ${path}`;
  const { current, readAgain } = cachedKeyRing(async () => {
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      throw keyRingFileError(`${source} cannot be read (${error.code}).`, error);
    });
    return parseKeyRing(stripBom(text).replace(/\r?\n$/, ''), source);
  });
  return {
    current,
    readAgain,
    async write(ring) {
      await writeWhole(path, (file) => file.writeFile(`${formatKeyRing(ring)}\n`)).catch(
        (error: NodeJS.ErrnoException) => {
          throw keyRingFileError(`${source} cannot be written (${error.code}).`, error);
        },
      );
      await readAgain();
    },
  };
}

function keyRingFileError(message: string, cause: unknown): FanfoldError {
  return new FanfoldError('KeyRingUnreachable', message, {
    fault: 'configuration',
    nextStep:
      'Name a file in DB_ENCRYPTION_KEY_FILE that this user may read; for secrets:rotate its folder must be writable too.',
    cause,
  });
}
