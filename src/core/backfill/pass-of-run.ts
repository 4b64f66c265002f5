import type { AttemptContext } from '../migrate/attempt.ts';
import type { Outcome } from '../outcome.ts';
import type { RunRequest } from '../request.ts';
import { BACKFILLS_PER_HOST, DEFAULT_PHASE } from './phase.ts';

/** The request of one pass over a fleet, as its attempts get it. */
export interface RunPass<Request> extends Pick<AttemptContext, 'leavesBackfills'> {
  readonly request: Request;
  /** Whether backfills run in this pass. */
  readonly takesBackfills: boolean;
}

/**
 * The request of a pass over a fleet. A run with the phase `all` has two: the first changes the schema of the whole
 * fleet, and the second runs the backfills that it has left, and the migrations that require them. All tenants of a
 * server share one walk at a time, unless the request allows more.
 */
export function passOfRun<Request extends Pick<RunRequest, 'command' | 'phase' | 'maxPerHost'>>(
  request: Request,
  pass: 'first' | 'second',
): RunPass<Request> {
  const { command, phase = DEFAULT_PHASE, maxPerHost = BACKFILLS_PER_HOST } = request;
  if (command !== 'migrate' || phase === 'schema') return { request, takesBackfills: false };
  if (phase === 'all' && pass === 'first') {
    return {
      request: { ...request, phase: 'schema' },
      leavesBackfills: true,
      takesBackfills: false,
    };
  }
  return { request: { ...request, maxPerHost }, takesBackfills: true };
}

/** Whether a run has a second pass for the backfills that its first one leaves. */
export function hasSecondPass({ command, phase }: Pick<RunRequest, 'command' | 'phase'>): boolean {
  return command === 'migrate' && phase === 'all';
}

/** Whether backfills run in any pass of a run. */
export function takesBackfills(request: Pick<RunRequest, 'command' | 'phase'>): boolean {
  return request.command === 'migrate' && (request.phase ?? DEFAULT_PHASE) !== 'schema';
}

/** Whether a tenant that is done otherwise has backfills left. */
export function leavesBackfills(outcome: Outcome): boolean {
  return outcome.notes.some(({ code }) => code === 'BackfillsPending');
}

/** The outcome as the second pass begins with it, whose attempt is not another one at the same work. */
export function beforeBackfills<Of extends Outcome>(outcome: Of): Of {
  return { ...withoutBackfillsNote(outcome), tries: Math.max(0, outcome.tries - 1) };
}

/** The outcome without its note about backfills, which the next attempt notes again if one is left. */
export function withoutBackfillsNote<Of extends Outcome>(outcome: Of): Of {
  return { ...outcome, notes: outcome.notes.filter(({ code }) => code !== 'BackfillsPending') };
}
