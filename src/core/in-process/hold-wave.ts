import type { RunStop } from '../events.ts';
import { APPROVAL_HOURS } from '../rollout/check-rollout.ts';
import type { WaveGates } from '../rollout/gates-of-wave.ts';
import { heldMessage } from '../rollout/held-message.ts';
import { nextGate } from '../rollout/next-gate.ts';
import { nextStart } from '../rollout/next-start.ts';
import type { ApprovalDecision, HeldWave } from '../rollout/rollout.ts';
import { halted, neverOpens, stopOfDecision } from '../rollout/rollout-stop.ts';
import type { ActiveRun } from './active-run.ts';
import { tellApproved, tellHeld } from './tell-run.ts';
import { lookAtWave } from './watch-wave.ts';

/**
 * Milliseconds that a process sleeps at a time, after which it notices that the machine was asleep or that
 * its clock was set.
 */
const LONGEST_SLEEP_MS = 60_000;
/** Milliseconds between two looks for the decision of another process. */
const POLL_MS = 1_000;
/** Milliseconds between two signs that a process which waits for an approval is alive. */
const ALIVE_MS = 10_000;

/**
 * Waits until a wave may begin: holds it at each of its gates, and stops the run if what is watched is not
 * well, if somebody rejects the wave, or if nobody approves it in time. Returns at once if the run is stopped.
 * Nothing is locked meanwhile.
 */
export async function holdWave(run: ActiveRun, wave: number, gates: WaveGates): Promise<void> {
  const { clock, stop } = run;
  const { request } = run.record;
  const since = clock.now();
  const bakedAt = gates.bakeMs > 0 ? since + gates.bakeMs : undefined;
  let { needsApproval } = gates;
  let told = '';
  const hold = async (gate: HeldWave['gate'], until?: number): Promise<HeldWave> => {
    const held: HeldWave = {
      wave,
      gate,
      message: heldMessage(gate, wave, request),
      since: iso(since),
      ...(until !== undefined && { until: iso(until) }),
      needsApproval,
      // From the first moment on: a process that is killed right after this must not seem to wait for ever.
      ...(gate === 'approval' && { seenAt: iso(clock.now()) }),
    };
    await run.rollout.hold(held);
    const { message, until: heldUntil } = held;
    // A wave that will not be started does not wait; the end of the run has the reason.
    if (told !== gate && gate !== 'watch') {
      const runId = run.record.id;
      run.emit({ type: 'wave-held', runId, wave, gate, message, until: heldUntil });
      tellHeld(run, held);
    }
    told = gate;
    return held;
  };
  const stopWith = (why: RunStop) => stop.stop(why);

  while (stop.stopped === undefined) {
    if (gates.isWatched) {
      const verdict = await lookAtWave(run, wave);
      if (stop.stopped !== undefined) return;
      if (!verdict.isWell) {
        await hold('watch');
        return stopWith(halted(verdict.message));
      }
    }
    const now = clock.now();
    const startsAt = gates.hasTimes ? nextStart(request, now) : now;
    const { bakeMs, isWatched } = gates;
    const soonMs = wave > 1 ? run.digests?.nextLookMs : undefined;
    const next = nextGate({ now, bakedAt, bakeMs, isWatched, soonMs, startsAt, needsApproval });
    switch (next.gate) {
      case 'open':
        return run.rollout.open();
      case 'never':
        await hold('window');
        return stopWith(neverOpens(wave));
      case 'bake':
        await hold('bake', next.until);
        await sleepUntil(run, next.lookAt);
        break;
      case 'window':
        await hold('window', next.until);
        await sleepUntil(run, next.until);
        break;
      case 'approval': {
        const until = now + (request.approvalHours ?? APPROVAL_HOURS) * 3_600_000;
        const decision = await waitForDecision(run, await hold('approval', until), until);
        if (decision === undefined) return;
        await run.rollout.decide(decision);
        const { verdict, by, why: reason } = decision;
        run.emit({ type: 'wave-decided', runId: run.record.id, wave, verdict, by, why: reason });
        const why = stopOfDecision(decision);
        if (why !== undefined) return stopWith(why);
        tellApproved(run, decision);
        needsApproval = false;
      }
    }
  }
}

/** The decision of another process, or that nobody decided in time; `undefined` if the run was stopped. */
async function waitForDecision(
  run: ActiveRun,
  held: HeldWave,
  until: number,
): Promise<ApprovalDecision | undefined> {
  const { clock, stop, store, record } = run;
  const { wave } = held;
  let aliveAt = clock.now();
  for (;;) {
    const decision = await store.readApproval(record.id, wave);
    if (decision !== undefined) return decision;
    if (stop.stopped !== undefined) return undefined;
    const now = clock.now();
    if (now >= until) {
      // If an approval and the expiry come at the same moment, the store keeps one of them.
      return store.decideApproval(record.id, { wave, verdict: 'expired', at: iso(now) });
    }
    if (now - aliveAt >= ALIVE_MS) {
      await run.rollout.hold({ ...held, seenAt: iso(now) });
      aliveAt = now;
    }
    await clock.sleep(Math.min(POLL_MS, until - now), stop.signal);
  }
}

async function sleepUntil({ clock, stop }: ActiveRun, at: number): Promise<void> {
  while (stop.stopped === undefined) {
    const left = at - clock.now();
    if (left <= 0) return;
    await clock.sleep(Math.min(left, LONGEST_SLEEP_MS), stop.signal);
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
