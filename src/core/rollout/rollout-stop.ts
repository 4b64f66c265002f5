import type { RunStop } from '../events.ts';
import type { ApprovalDecision } from './rollout.ts';

/** A sign of trouble that the run watches has come. */
export function halted(message: string): RunStop {
  return { reason: 'halted', message: `${message} The other waves were not started.` };
}

/** No window opens for the next wave while the run may last. */
export function neverOpens(wave: number): RunStop {
  return {
    reason: 'halted',
    message: `No window opens for wave ${wave} as long as the run may last, so it was not started.`,
  };
}

/** Somebody rejected the next wave, or nobody decided in time. `undefined` if it was approved. */
export function stopOfDecision(decision: ApprovalDecision): RunStop | undefined {
  const { verdict, wave, by = 'somebody', why } = decision;
  switch (verdict) {
    case 'approved':
      return undefined;
    case 'rejected':
      return {
        reason: 'rejected',
        message: `Wave ${wave} was rejected by ${by}${why === undefined ? '' : `: ${why}`}${endOf(why)}`,
      };
    case 'expired':
      return {
        reason: 'expired',
        message: `Nobody approved wave ${wave} in time, so it was not started.`,
      };
  }
}

function endOf(why: string | undefined): string {
  return why !== undefined && /[.!?]$/.test(why) ? '' : '.';
}

/** Whether a run ended because it was held, after which a rollback is as likely as a retry. */
export function isHeldStop(stop: RunStop | undefined): boolean {
  return stop !== undefined && HELD.includes(stop.reason);
}

const HELD: readonly RunStop['reason'][] = ['halted', 'rejected', 'expired'];
