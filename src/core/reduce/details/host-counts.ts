import type { Outcome } from '../../outcome.ts';
import { addKinds, type KindTally, kindOfOutcome, noKinds, totalOf } from './outcome-kind.ts';
import type { HostCount, HostTally } from './run-details.ts';
import { createSmallestKeys } from './smallest-keys.ts';

/** Hosts that are counted apart; of more, the first by name. */
const MOST_COUNTED = 2_000;
/** Hosts that are reported. */
export const MOST_HOSTS = 50;

/** Counts tenants by the server that their database is on. */
export interface HostCounts {
  add(outcome: Outcome): void;
  result(): { readonly hosts: readonly HostCount[]; readonly otherHosts: HostTally | undefined };
}

export function createHostCounts(): HostCounts {
  const others = nothing();
  const hosts = createSmallestKeys<Counting>(MOST_COUNTED, (dropped) => join(others, dropped));
  return {
    add(outcome) {
      const { host } = outcome.tenant;
      if (host === undefined) return;
      const counting = hosts.at(host, nothing) ?? others;
      counting.counts[kindOfOutcome(outcome)] += 1;
      if (outcome.tries === 0) return;
      counting.attempted += 1;
      counting.durationMs += outcome.durationMs;
      counting.longestMs = Math.max(counting.longestMs, outcome.durationMs);
    },
    result() {
      const all = hosts.entries().map(([host, counting]) => ({ host, ...counting }));
      all.sort(
        (a, b) => b.counts.failed - a.counts.failed || totalOf(b.counts) - totalOf(a.counts),
      );
      const rest = nothing();
      for (const counting of [others, ...all.slice(MOST_HOSTS)]) join(rest, counting);
      return {
        hosts: all.slice(0, MOST_HOSTS),
        otherHosts: totalOf(rest.counts) > 0 ? rest : undefined,
      };
    },
  };
}

interface Counting {
  readonly counts: KindTally;
  attempted: number;
  durationMs: number;
  longestMs: number;
}

function nothing(): Counting {
  return { counts: noKinds(), attempted: 0, durationMs: 0, longestMs: 0 };
}

function join(into: Counting, more: Counting): void {
  addKinds(into.counts, more.counts);
  into.attempted += more.attempted;
  into.durationMs += more.durationMs;
  into.longestMs = Math.max(into.longestMs, more.longestMs);
}
