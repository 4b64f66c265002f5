import { decisionText } from '../../core/rollout/check-waiting.ts';
import type { Rollout } from '../../core/rollout/rollout.ts';
import type { RunState } from '../../core/run-store.ts';
import type { Look } from './look.ts';
import { printable } from './printable.ts';
import { wrapText } from './wrap-text.ts';

/** How a run was held between its waves: who decided and why, and what it waits for. */
export function rolloutLines(
  rollout: Rollout | undefined,
  status: RunState['status'],
  look: Look,
): string[] {
  if (rollout === undefined) return [];
  const { decisions, held } = rollout;
  const lines = decisions.map((decision) => {
    const why = decision.why === undefined ? '' : `: ${decision.why}`;
    return `Wave ${decision.wave} was ${decisionText(decision)}${why}`;
  });
  if (held !== undefined) {
    lines.push(status === 'running' ? held.message : `The run ended before wave ${held.wave}.`);
  }
  return lines.flatMap((line) => wrapText(printable(line), look.width, '  '));
}
