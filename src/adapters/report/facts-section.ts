import { isRollback } from '../../core/is-rollback.ts';
import type { Summary } from '../../core/reduce/summary.ts';
import type { FinishedRun } from '../../core/run/finished-run.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import { formatDuration } from '../../core/wording/format-duration.ts';
import { paceWords } from '../../core/wording/pace-words.ts';
import { formatTime } from './format-time.ts';
import { type Html, type HtmlValue, html } from './html.ts';

/** The request of a run, its times and its migrations. */
export function factsSection({ record, state, rollout }: FinishedRun, pace: Summary['pace']): Html {
  const { request, startedAt } = record;
  const { waves, wavesEntered, finishedAt } = state;
  const tolerated = toleratedOf(request);
  const rows: readonly (readonly [string, HtmlValue])[] = [
    ['Run', html`<code>${record.id}</code>`],
    ['Command', request.command],
    ['Retry of', request.retryOf !== undefined && html`<code>${request.retryOf}</code>`],
    ['Started', formatTime(startedAt)],
    ['Finished', finishedAt !== undefined && formatTime(finishedAt)],
    [
      'Duration',
      finishedAt !== undefined && formatDuration(Date.parse(finishedAt) - Date.parse(startedAt)),
    ],
    ['Bundle', record.bundleHash !== undefined && html`<code>${record.bundleHash}</code>`],
    ['Rolls back run', request.run !== undefined && html`<code>${request.run}</code>`],
    [
      'Rolls back',
      request.steps !== undefined && `the newest ${countOf(request.steps, 'migration')}`,
    ],
    [
      isRollback(request) ? 'Back to' : 'Up to',
      request.to !== undefined && html`<code>${request.to}</code>`,
    ],
    ['Waves', waves.length > 1 && `${wavesEntered} of ${waves.length} started: ${sizes(waves)}`],
    ['Approvals', decisionsOf(rollout)],
    ['Concurrency', concurrencyOf(request, pace)],
    ['Hosts', request.hosts?.join(', ')],
    ['Tolerated failures', tolerated],
  ];
  return html`<section aria-labelledby="facts">
<h2 id="facts">The run</h2>
<dl class="facts">
${rows.map(
  ([label, value]) =>
    value !== undefined &&
    value !== false &&
    html`<div><dt>${label}</dt><dd>${value}</dd></div>
`,
)}</dl>
</section>
`;
}

function sizes(waves: FinishedRun['state']['waves']): string {
  return waves
    .map(({ size, canary }) => `${formatCount(size)}${canary ? ' (canary)' : ''}`)
    .join(', ');
}

/** Each decision about a wave with its reason, in the words of the person who made it. */
function decisionsOf(rollout: FinishedRun['rollout']): HtmlValue {
  const decisions = rollout?.decisions ?? [];
  if (decisions.length === 0) return undefined;
  return html`<ul class="decisions">${decisions.map(
    ({ wave, verdict, by, why, at }) =>
      html`<li>Wave ${wave}: ${
        verdict === 'expired'
          ? 'nobody decided in time'
          : html`${verdict} by <bdi>${by ?? 'somebody'}</bdi>`
      }, ${formatTime(at)}${why !== undefined && html`<br><q><bdi>${why}</bdi></q>`}</li>`,
  )}</ul>`;
}

type Request = FinishedRun['record']['request'];

function concurrencyOf({ maxConcurrency, maxPerHost }: Request, pace: Summary['pace']): string {
  const auto = pace === undefined ? 'auto' : `auto, at the end ${paceWords(pace)}`;
  const tenants = maxConcurrency === 'auto' ? auto : countOf(maxConcurrency, 'tenant');
  return maxPerHost === undefined ? tenants : `${tenants}, ${formatCount(maxPerHost)} per host`;
}

function toleratedOf(request: Request): string | undefined {
  const { toleratedFailureCount: count, toleratedFailurePercentage: percentage } = request;
  if (count !== undefined) return formatCount(count);
  return percentage === undefined ? undefined : `${percentage} %`;
}
