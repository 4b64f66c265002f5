import type { WaveMember } from '../run-store.ts';
import type { ResolvedWave } from './resolve-waves.ts';
import type { Selection } from './select-tenants.ts';
import { shareOf } from './share-of.ts';

/**
 * Divides a run into waves: named ones first come, first served; shares are of the whole list and
 * taken in its order; the remaining tenants form the last wave. A tenant is in one wave only, and an empty
 * wave is dropped.
 */
export async function* planWaves(
  waves: readonly ResolvedWave[],
  selection: Pick<Selection, 'count' | 'ids'>,
): AsyncGenerator<WaveMember, void, undefined> {
  const total = waves.some((wave) => wave.percentage !== undefined) ? await selection.count() : 0;
  const named = new Set(waves.flatMap((wave) => wave.ids ?? []));
  const unnamed = selection.ids()[Symbol.asyncIterator]();
  const placed = new Set<string>();

  async function* takeUnnamed(most: number): AsyncGenerator<string, void, undefined> {
    for (let taken = 0; taken < most; ) {
      const next = await unnamed.next();
      if (next.done === true) return;
      if (named.has(next.value)) continue;
      taken += 1;
      yield next.value;
    }
  }
  async function* idsOf(wave: ResolvedWave): AsyncGenerator<string, void, undefined> {
    for (const id of wave.ids ?? []) {
      if (placed.has(id)) continue;
      placed.add(id);
      yield id;
    }
    const { percentage } = wave;
    if (percentage !== undefined) yield* takeUnnamed(Math.ceil(shareOf(total, percentage)));
  }
  const lists = [
    ...waves.map((wave) => ({ ids: idsOf(wave), canary: wave.canary ?? wave.ids !== undefined })),
    { ids: takeUnnamed(Number.POSITIVE_INFINITY), canary: false },
  ];

  let number = 0;
  try {
    for (const { ids, canary } of lists) {
      let isEmpty = true;
      for await (const id of ids) {
        if (isEmpty) number += 1;
        isEmpty = false;
        yield { wave: number, canary, id };
      }
    }
  } finally {
    await unnamed.return?.();
  }
}
