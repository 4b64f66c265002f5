import { isFanfoldError } from '../errors.ts';
import type { OwnNote } from '../outcome.ts';
import type { WatchVerdict } from '../rollout/rollout.ts';
import type { Tenant } from '../tenant.ts';
import { thrownText } from '../thrown-text.ts';
import { countOf } from '../wording/count-of.ts';
import { compareDigests, type DigestFinding, type DigestLimits } from './compare-digests.ts';
import { findingText } from './finding-text.ts';
import type { DigestSnapshot } from './statement-digest.ts';

/** Reads the statements that are counted in a tenant's database; throws as `ReadDigests` does. */
export type ReadTenantDigests = (tenant: Tenant) => Promise<DigestSnapshot>;

/** Tenants of a wave that are watched: those of a canary, or enough of a large wave to show what it does. */
export const MOST_WATCHED = 50;
/**
 * After a table was altered, MySQL has no statistics of it until a thread in the background has counted again, which it
 * does within 10 s: until then the optimizer may scan the table although an index is there. The interval begins
 * after that.
 */
const SETTLE_MS = 20_000;
/** The look that notes where the interval begins. */
const START = 2;
/** Connections at a time. */
const AT_A_TIME = 8;

/** Watches the statements of one wave's tenants, from before it until the next one begins. */
export interface DigestWatch {
  /**
   * Finds what is worse since the wave. The first look, right after the wave, does nothing, and the second one notes
   * where the interval begins. Never rejects.
   */
  look(): Promise<WatchVerdict>;
  /** When to look next, if that is sooner than usual. In milliseconds. */
  readonly nextLookMs: number | undefined;
  /** The warning that too little was compared; undefined if there was enough. */
  conclude(): OwnNote | undefined;
}

interface Watched {
  readonly tenant: Tenant;
  readonly before: DigestSnapshot;
  start?: DigestSnapshot | undefined;
}

/**
 * Reads what the servers have counted of these tenants' statements before their wave. Throws `DigestsUnavailable` if one
 * of the servers does not count, or does not show it: a run would otherwise rely on a watch that
 * sees nothing.
 */
export async function watchDigests(
  tenants: readonly Tenant[],
  read: ReadTenantDigests,
  limits: DigestLimits,
): Promise<DigestWatch> {
  const watched: Watched[] = [];
  await eachOf(tenants.slice(0, MOST_WATCHED), async (tenant) => {
    try {
      watched.push({ tenant, before: await read(tenant) });
    } catch (error) {
      // A tenant that cannot be reached fails in its wave, with the reason.
      if (isFanfoldError(error) && error.code === 'DigestsUnavailable') throw error;
    }
  });
  let compared = 0;
  let looks = 0;
  let unread = 0;

  return {
    get nextLookMs() {
      return looks <= START ? SETTLE_MS : undefined;
    },

    async look() {
      looks += 1;
      if (looks < START) return { isWell: true };
      unread = 0;
      const found: { readonly slug: string; readonly finding: DigestFinding }[] = [];
      let comparedNow = 0;
      let reason = '';
      await eachOf(watched, async (one) => {
        try {
          const now = await read(one.tenant);
          if (one.start === undefined) {
            one.start = now;
            return;
          }
          const { before, start } = one;
          const { findings, compared: count } = compareDigests({ before, start, now }, limits);
          comparedNow += count;
          for (const finding of findings) found.push({ slug: one.tenant.slug, finding });
        } catch (error) {
          unread += 1;
          reason = isFanfoldError(error) ? error.message : thrownText(error);
        }
      });
      compared = Math.max(compared, comparedNow);
      if (watched.length > 0 && unread === watched.length) {
        const message = `The statements of no tenant of the wave can be read any more: ${reason}`;
        return { isWell: false, message };
      }
      return verdictOf(found);
    },

    conclude() {
      if (watched.length > 0 && looks > START && compared > 0 && unread === 0) return undefined;
      if (watched.length === 0) {
        const message =
          'The statements of no tenant could be read before the wave, so nothing was compared.';
        return { code: 'DigestsQuiet', message };
      }
      const message =
        unread > 0
          ? `The statements of ${unread} of ${countOf(watched.length, 'tenant')} could not be read after the wave, so nobody knows whether they became slower.`
          : `No statement of ${countOf(watched.length, 'watched tenant')} ran ten times both before and after the wave, so nothing was compared.`;
      return { code: 'DigestsQuiet', message };
    },
  };
}

/** The worst finding, named; the others are counted. */
function verdictOf(
  found: readonly { readonly slug: string; readonly finding: DigestFinding }[],
): WatchVerdict {
  const [worst] = found;
  if (worst === undefined) return { isWell: true };
  const others = found.length - 1;
  const more = others === 0 ? '' : ` (and ${countOf(others, 'more finding')})`;
  return { isWell: false, message: `${findingText(worst.finding, worst.slug)}${more}.` };
}

async function eachOf<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const left = [...items];
  const lane = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(AT_A_TIME, items.length) }, lane));
}
