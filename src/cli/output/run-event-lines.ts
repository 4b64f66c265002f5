import type { RunEvent } from '../../core/events.ts';
import { commandSpan } from '../../core/wording/command-span.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import { formatDuration } from '../../core/wording/format-duration.ts';

type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>;

/** The start of a wave. */
export function waveLine({ wave, total, canary }: EventOf<'wave-started'>): string {
  return `🌊 Wave ${wave}: ${formatCount(total)} tenant(s)${canary ? ' (canary)' : ''}`;
}

/** A wave that waits, with what to type if somebody has to decide. */
export function heldLines(
  { runId, gate, message, until }: EventOf<'wave-held'>,
  stack: string | undefined,
): string[] {
  const flags = stack === undefined ? [] : ['--aws', stack];
  const end = until === undefined ? '' : ` ${UNTIL[gate]} ${shownTime(until)}.`;
  const lines = [`⏸️  ${message}${end}`];
  if (gate !== 'approval') return lines;
  const decide = (command: 'approve' | 'reject') =>
    commandSpan(command, runId, '--why', '<reason>', ...flags);
  return [...lines, `   Approve: ${decide('approve')}`, `   Reject:  ${decide('reject')}`];
}

const UNTIL = {
  bake: 'It ends at',
  watch: 'Until',
  window: 'The next one opens at',
  approval: 'Without one the run ends at',
} as const;

/** `2026-11-30 17:05:00 UTC`. */
function shownTime(iso: string): string {
  return `${iso.slice(0, 19).replace('T', ' ')} UTC`;
}

/** The end of the wait for an approval. */
export function decidedLine({ wave, verdict, by, why }: EventOf<'wave-decided'>): string {
  const reason = why === undefined ? '' : `: ${why}`;
  switch (verdict) {
    case 'approved':
      return `👍 Wave ${wave} was approved by ${by ?? 'somebody'}${reason}`;
    case 'rejected':
      return `👎 Wave ${wave} was rejected by ${by ?? 'somebody'}${reason}`;
    case 'expired':
      return `⌛ Nobody approved wave ${wave} in time`;
  }
}

/** Tenants that became active during a run. */
export function addedLine({ total }: EventOf<'tenants-added'>): string {
  return `➕ ${countOf(total, 'tenant')} became active in the meantime`;
}

/** The start of a further round. */
export function roundLine(event: EventOf<'round-started'>): string {
  const { wave, round, total, hostsDown, backfills } = event;
  if (backfills === true)
    return `🔁 Wave ${wave}: running backfills of ${formatCount(total)} tenant(s)`;
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
