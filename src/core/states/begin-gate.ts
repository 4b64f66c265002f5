import { SETTLE_MS } from '../digests/look-at-digests.ts';
import type { WaveGates } from '../rollout/gates-of-wave.ts';
import { nextGate } from '../rollout/next-gate.ts';
import type { RoundRef } from '../run-store.ts';
import type { StepGate } from '../wire/step-data.ts';

/** The wave that is held. */
export interface HeldStep {
  /** From 1. */
  readonly wave: number;
  /** The round that was settled last; absent before the first wave. */
  readonly after?: RoundRef | undefined;
}

/**
 * The first of a wave's gates: the bake, which needs nobody to decide, or Watch, which decides.
 *
 * @param now milliseconds since 1970
 */
export function beginGate(gates: WaveGates, { wave, after }: HeldStep, now: number): StepGate {
  const { bakeMs, isWatched, comparesDigests, hasTimes, needsApproval } = gates;
  const since = new Date(now).toISOString();
  const gate: StepGate = {
    wave,
    next: 'watch',
    ...(after !== undefined && { after: { wave: after.wave, round: after.round } }),
    ...{ bakeMs, isWatched, hasTimes, needsApproval },
    ...(comparesDigests && { comparesDigests }),
    since,
    seconds: 0,
    until: since,
    approved: null,
  };
  if (bakeMs === 0) return gate;
  const bakedAt = now + bakeMs;
  const soonMs = comparesDigests ? SETTLE_MS : undefined;
  const first = nextGate({
    ...{ now, bakedAt, bakeMs, isWatched, soonMs },
    ...{ startsAt: now, needsApproval },
  });
  return first.gate === 'bake' ? waitUntil(gate, 'bake', first.lookAt, now) : gate;
}

/** A gate whose state waits until a moment; its seconds are whole, and not fewer. */
export function waitUntil(
  gate: StepGate,
  next: 'bake' | 'window' | 'approval',
  until: number,
  now: number,
): StepGate {
  return {
    ...gate,
    next,
    seconds: Math.max(1, Math.ceil((until - now) / 1_000)),
    until: new Date(until).toISOString(),
  };
}
