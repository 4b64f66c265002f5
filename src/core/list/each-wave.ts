import type { Wave, WaveMember } from '../run-store.ts';

/**
 * Hands a run's members, which come wave by wave, to `write` as one list a wave, so that a store has only one
 * list open at a time.
 *
 * @param write writes the list of a wave and counts its ids
 */
export async function eachWave(
  members: AsyncIterable<WaveMember>,
  write: (wave: number, ids: AsyncIterable<string>) => Promise<number>,
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
      waves.push({ size: await write(wave, idsOfWave()), canary });
    }
    return waves;
  } finally {
    await list.return?.();
  }
}
