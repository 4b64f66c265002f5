import { hashText } from '../text/hash-text.ts';
import { createIdSet } from './id-set.ts';

export interface LateIdsSources {
  /** The number of ids that were listed. */
  readonly count: number;
  /** Those ids, in any order; read once a pass. */
  readonly listed: () => AsyncIterable<string>;
  /** The ids that the same listing gives now; read once a pass. */
  readonly now: () => AsyncIterable<string>;
}

/**
 * Ids that one pass compares: 39 MB of UUIDs. A larger fleet takes more passes, and no more memory. Each pass lists the
 * fleet once more, which takes as long as the first time.
 */
const IDS_PER_PASS = 1_500_000;

/**
 * The ids that a listing gives now and did not give before, in the order in which it gives them, pass
 * by pass. The ids themselves are compared, because the time at which a row changed would come from
 * another clock and in another time zone.
 */
export async function* lateIds(
  { count, listed, now }: LateIdsSources,
  idsPerPass = IDS_PER_PASS,
): AsyncGenerator<string, void, undefined> {
  const passes = Math.max(1, Math.ceil(count / idsPerPass));
  for (let pass = 0; pass < passes; pass += 1) {
    const isOfPass = (id: string) => passes === 1 || hashText(id) % passes === pass;
    const known = createIdSet();
    for await (const id of listed()) if (isOfPass(id)) known.add(id);
    // A listing may contain an id twice; the result has it once.
    for await (const id of now()) if (isOfPass(id) && known.add(id)) yield id;
  }
}
