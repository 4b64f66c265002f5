import type { RoundMember } from '../migrate/candidate.ts';
import type { RunStore } from '../run-store.ts';

/** All of a wave, in the order of its list. */
export async function* listedMembers(
  store: Pick<RunStore, 'readWave'>,
  runId: string,
  wave: number,
): AsyncGenerator<RoundMember, void, undefined> {
  let position = 0;
  for await (const id of store.readWave(runId, wave)) {
    yield { id, wave, position };
    position += 1;
  }
}
