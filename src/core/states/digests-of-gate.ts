import { quietNote, SETTLE_MS } from '../digests/look-at-digests.ts';
import type { NextGate } from '../rollout/next-gate.ts';
import type { Rollout } from '../rollout/rollout.ts';
import type { StepGate } from '../wire/step-data.ts';

/** A comparison that is missing is made as soon as a state can wait. */
const SOON_MS = 1_000;

/**
 * A gate without the comparison of before a redrive, which says nothing of now. If that comparison held the wave, the
 * bake and its interval begin anew: the old interval has the slow statements in it.
 *
 * @param now milliseconds since 1970
 */
export function withCurrentDigests(gate: StepGate, redriveCount: number, now: number): StepGate {
  const { digests, ...rest } = gate;
  if (digests === undefined || digests.redriveCount >= redriveCount) return gate;
  return digests.isWell ? rest : { ...rest, since: new Date(now).toISOString(), digestsAnew: true };
}

/** When statements are to be compared next, if that is sooner than usual. In milliseconds. */
export function soonMsOf({ comparesDigests, digests }: StepGate): number | undefined {
  if (comparesDigests !== true) return undefined;
  return digests === undefined || digests.hasBegun ? SETTLE_MS : undefined;
}

/** The next gate of a wave; one whose statements were not compared since a redrive does not pass before they are. */
export function afterDigests(next: NextGate, gate: StepGate, now: number): NextGate {
  const isMissing = gate.comparesDigests === true && gate.digests === undefined;
  if (!isMissing || next.gate === 'bake' || next.gate === 'never') return next;
  return { gate: 'bake', lookAt: now + SOON_MS, until: now + SOON_MS };
}

/** The record of a run with the warning that too little was compared before a wave began, if that is so. */
export function withQuietNote(rollout: Rollout, { wave, digests }: StepGate): Rollout {
  const note = digests && quietNote(digests);
  if (note === undefined) return rollout;
  const others = (rollout.notes ?? []).filter((one) => one.wave !== wave);
  return { ...rollout, notes: [...others, { wave, note }] };
}
