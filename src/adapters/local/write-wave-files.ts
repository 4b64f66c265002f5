import type { Wave, WaveMember } from '../../core/ports.ts';
import { writeJsonLines } from './json-lines.ts';
import type { RunFiles } from './run-files.ts';
import { writeWhole } from './write-whole.ts';

/** Writes each wave's ids into a file of its own, one file at a time. */
export async function writeWaveFiles(
  files: RunFiles,
  members: AsyncIterable<WaveMember>,
): Promise<Wave[]> {
  const waves: Wave[] = [];
  const list = members[Symbol.asyncIterator]();
  try {
    let next = await list.next();
    while (next.done !== true) {
      const { wave, canary } = next.value;
      async function* idsOfWave(): AsyncGenerator<string, void, undefined> {
        while (next.done !== true && next.value.wave === wave) {
          yield next.value.id;
          next = await list.next();
        }
      }
      await writeWhole(files.wave(wave), async (file) => {
        waves.push({ size: await writeJsonLines(file, idsOfWave()), canary });
      });
    }
    return waves;
  } finally {
    await list.return?.();
  }
}
