import type { RunEvent } from '../../core/events.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import { formatDuration } from '../../core/wording/format-duration.ts';

type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>;

/** The start of a wave. */
export function waveLine({ wave, total, canary }: EventOf<'wave-started'>): string {
  return `🌊 Wave ${wave}: ${formatCount(total)} tenant(s)${canary ? ' (canary)' : ''}`;
}

/** Tenants that became active during a run. */
export function addedLine({ total }: EventOf<'tenants-added'>): string {
  return `➕ ${countOf(total, 'tenant')} became active in the meantime`;
}

/** The start of a further round. */
export function roundLine({ wave, round, total, hostsDown }: EventOf<'round-started'>): string {
  if (hostsDown === true) {
    return `🔁 Wave ${wave}, round ${round}: retrying ${formatCount(total)} tenant(s) whose database server did not answer`;
  }
  return `🔁 Wave ${wave}, round ${round}: retrying ${formatCount(total)} tenant(s)`;
}

/** A further attempt at one tenant. */
export function retryLine({
  tenant,
  attempt,
  delayMs,
  message,
}: EventOf<'tenant-retried'>): string {
  return `Note: ${tenant.name}: attempt ${attempt} failed, next attempt in ${formatDuration(delayMs)}: ${message}`;
}
