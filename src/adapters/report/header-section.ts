import type { Summary } from '../../core/reduce/summary.ts';
import type { FinishedRun } from '../../core/run/finished-run.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatDuration } from '../../core/wording/format-duration.ts';
import { formatTime } from './format-time.ts';
import { type Html, html } from './html.ts';
import type { RunVerdict } from './run-verdict.ts';

export const TITLES = {
  migrate: 'Migration run',
  plan: 'Migration plan',
  rollback: 'Rollback',
} as const satisfies Record<FinishedRun['record']['request']['command'], string>;

/** The heading of the report: the command, the verdict and the times. */
export function headerSection(
  { tone, word, sentence }: RunVerdict,
  { applied, retried }: Summary,
  run: FinishedRun,
): Html {
  const { id, request, startedAt } = run.record;
  const { finishedAt, stopped } = run.state;
  const took =
    finishedAt !== undefined &&
    `took ${formatDuration(Date.parse(finishedAt) - Date.parse(startedAt))}`;
  // On a phone only these facts are shown.
  const facts = [`Started ${formatTime(startedAt)}`, took].filter((fact) => fact !== false);
  const minor = [
    request.command !== 'plan' && `${countOf(applied, 'migration')} applied`,
    retried > 0 && `${countOf(retried, 'tenant')} needed more than one try`,
  ].filter((fact) => fact !== false);
  return html`<header>
<p class="kind">Fanfold · ${TITLES[request.command]} <code>${id}</code></p>
<h1><span class="verdict ${tone}">${word}</span> ${sentence}</h1>
<p class="aside">${facts.join(' · ')}${minor.map((fact) => html`<span class="minor"> · ${fact}</span>`)}</p>
</header>
${
  stopped !== undefined &&
  html`<p class="notice warn"><strong>Stopped early.</strong> <bdi>${stopped.message}</bdi></p>
`
}`;
}
