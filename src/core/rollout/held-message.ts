import type { RunRequest } from '../request.ts';
import { formatDuration } from '../wording/format-duration.ts';
import { DEFAULT_TIME_ZONE } from './next-start.ts';
import type { GateName } from './rollout.ts';

/** Why a wave waits, in a sentence. */
export function heldMessage(gate: GateName, wave: number, request: RunRequest): string {
  switch (gate) {
    case 'bake':
      return `Wave ${wave} waits for the bake of ${formatDuration((request.bakeMinutes ?? 0) * 60_000)}.`;
    case 'watch':
      return `Wave ${wave} was not started, because what the run watches is not well.`;
    case 'window':
      return `Wave ${wave} waits for a window (${request.timeZone ?? DEFAULT_TIME_ZONE}).`;
    case 'approval':
      return `Wave ${wave} waits for an approval.`;
  }
}
