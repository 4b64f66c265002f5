import { isFanfoldError } from '../errors.ts';
import type { OwnNote } from '../outcome.ts';
import type { WatchVerdict } from '../rollout/rollout.ts';
import type { Tenant } from '../tenant.ts';
import { thrownText } from '../text/thrown-text.ts';
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
export const SETTLE_MS = 20_000;
/** Connections at a time. */
const AT_A_TIME = 8;

/** A tenant whose statements are watched. */
export interface WatchedTenant {
  readonly tenant: Tenant;
  /** The counters of the server before the wave. */
  readonly before: DigestSnapshot;
  /** The same at the beginning of the interval; undefined until it was read. */
  start?: DigestSnapshot | undefined;
}

/** The result of one look. */
export interface DigestLook {
  readonly verdict: WatchVerdict;
  /** Kinds of statements that ran often enough to be compared. */
  readonly compared: number;
  /** Tenants whose statements could not be read. */
  readonly unread: number;
  /** Whether the interval of a tenant has begun with this look. */
  readonly hasBegun: boolean;
}

/**
 * Reads what the servers have counted of these tenants' statements before their wave. Throws `DigestsUnavailable` if one
 * of the servers does not count, or does not show it: a run would otherwise rely on a watch that
 * sees nothing.
 */
export async function readBeforeWave(
  tenants: readonly Tenant[],
  read: ReadTenantDigests,
): Promise<WatchedTenant[]> {
  const watched: WatchedTenant[] = [];
  await eachOf(tenants.slice(0, MOST_WATCHED), async (tenant) => {
    try {
      watched.push({ tenant, before: await read(tenant) });
    } catch (error) {
      // A tenant that cannot be reached fails in its wave, with the reason.
      if (isFanfoldError(error) && error.code === 'DigestsUnavailable') throw error;
    }
  });
  return watched;
}

/**
 * Compares what the servers count now with what they counted before the wave. A tenant without a `start` gets it. Never
 * rejects: a wave is held if the statements of no tenant can be read.
 */
export async function lookAtDigests(
  watched: readonly WatchedTenant[],
  read: ReadTenantDigests,
  limits: DigestLimits,
): Promise<DigestLook> {
  const found: { readonly slug: string; readonly finding: DigestFinding }[] = [];
  let compared = 0;
  let unread = 0;
  let hasBegun = false;
  let reason = '';
  await eachOf(watched, async (one) => {
    try {
      const now = await read(one.tenant);
      if (one.start === undefined) {
        one.start = now;
        hasBegun = true;
        return;
      }
      const { before, start } = one;
      const { findings, compared: count } = compareDigests({ before, start, now }, limits);
      compared += count;
      for (const finding of findings) found.push({ slug: one.tenant.slug, finding });
    } catch (error) {
      unread += 1;
      reason = isFanfoldError(error) ? error.message : thrownText(error);
    }
  });
  if (watched.length > 0 && unread === watched.length) {
    const message = `The statements of no tenant of the wave can be read any more: ${reason}`;
    return { verdict: { isWell: false, message }, compared, unread, hasBegun };
  }
  return { verdict: verdictOf(found), compared, unread, hasBegun };
}

/** How much a watch has seen. */
export interface DigestsSeen {
  readonly watched: number;
  readonly compared: number;
  readonly unread: number;
}

/** The warning that too little was compared; undefined if there was enough. */
export function quietNote({ watched, compared, unread }: DigestsSeen): OwnNote | undefined {
  if (watched > 0 && compared > 0 && unread === 0) return undefined;
  const message =
    watched === 0
      ? 'The statements of no tenant could be read before the wave, so nothing was compared.'
      : unread > 0
        ? `The statements of ${unread} of ${countOf(watched, 'tenant')} could not be read after the wave, so nobody knows whether they became slower.`
        : `No statement of ${countOf(watched, 'watched tenant')} ran ten times both before and after the wave, so nothing was compared.`;
  return { code: 'DigestsQuiet', message };
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
