import { isFanfoldError } from '../errors.ts';
import type { RunRequest } from '../request.ts';
import { heldMessage } from '../rollout/held-message.ts';
import type { NextGate } from '../rollout/next-gate.ts';
import type { HeldWave } from '../rollout/rollout.ts';
import type { RunState } from '../run-store.ts';
import type { StepGate } from '../wire/step-data.ts';
import type { StepRunStore } from './step-ports.ts';

/**
 * How a wave is held by its next gate; `undefined` if it begins. AwaitApproval itself writes that it waits,
 * once its token is kept: until then the wave is held as it was before.
 */
export function heldBy(
  next: NextGate,
  gate: StepGate,
  request: RunRequest,
  before: HeldWave | undefined,
): HeldWave | undefined {
  const { wave, since, needsApproval } = gate;
  switch (next.gate) {
    case 'bake':
    case 'window': {
      const until = new Date(next.until).toISOString();
      const message = heldMessage(next.gate, wave, request);
      return { wave, gate: next.gate, message, since, until, needsApproval };
    }
    case 'approval': {
      const message = heldMessage('approval', wave, request);
      return before ?? { wave, gate: 'watch', message, since, needsApproval };
    }
    default:
      return undefined;
  }
}

/** Marks a run that had ended at a gate, and was redriven, as running again. */
export async function keepRunning(
  store: Pick<StepRunStore, 'readState' | 'writeState'>,
  runId: string,
): Promise<void> {
  const state = await stateIfListed(store, runId);
  if (state === undefined || state.status === 'running') return;
  const { waves, wavesEntered, notRecorded } = state;
  const kept = { waves, wavesEntered, ...(notRecorded !== undefined && { notRecorded }) };
  await store.writeState(runId, { status: 'running', ...kept });
}

/** `undefined` before the tenants are listed, as when the first wave is held. */
export async function stateIfListed(
  store: Pick<StepRunStore, 'readState'>,
  runId: string,
): Promise<RunState | undefined> {
  try {
    return await store.readState(runId);
  } catch (error) {
    if (isFanfoldError(error) && error.code === 'RunNotListed') return undefined;
    throw error;
  }
}
