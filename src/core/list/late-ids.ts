import { createIdSet, numberOf } from './id-set.ts';

export interface LateIdsSources {
  /** How many ids were listed. */
  readonly count: number;
  /** Them, in any order; read once a pass. */
  readonly listed: () => AsyncIterable<string>;
  /** What the same listing gives now; read once a pass. */
  readonly now: () => AsyncIterable<string>;
}

/** Ids that one pass compares, in 32 MB. A larger fleet takes more passes, and no more memory. */
const IDS_PER_PASS = 2_000_000;

/**
 * The ids that a listing gives now and did not give before, in the order in which it gives them, pass
 * by pass. Compared by the ids themselves: a time at which a row has changed would be that of another
 * clock, in a time zone of its own.
 */
export async function* lateIds(
  { count, listed, now }: LateIdsSources,
  idsPerPass = IDS_PER_PASS,
): AsyncGenerator<string, void, undefined> {
  const passes = Math.max(1, Math.ceil(count / idsPerPass));
  for (let pass = 0; pass < passes; pass += 1) {
    const isOfPass = (id: string) => passes === 1 || numberOf(id) % passes === pass;
    const known = createIdSet();
    for await (const id of listed()) if (isOfPass(id)) known.add(id);
    // A listing may give one id twice; here it comes out once.
    for await (const id of now()) if (isOfPass(id) && known.add(id)) yield id;
  }
}
