import { isRollback } from '../../core/is-rollback.ts';
import type { OutcomeStatus } from '../../core/outcome.ts';
import type { Summary } from '../../core/reduce/summary.ts';
import type { FinishedRun } from '../../core/run/finished-run.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import { type Html, html } from './html.ts';

/** A count with its label; `class` colors it and its share of the bar. */
interface Figure {
  readonly class: OutcomeStatus;
  readonly label: string;
  readonly count: number;
  /** Whether it is shown even if it is zero. */
  readonly always?: boolean;
}

/** The counts as figures, and their shares as a bar. */
export function countsSection(summary: Summary, run: FinishedRun): Html {
  const figures = figuresOf(summary, run).filter(({ count, always }) => count > 0 || always);
  const present = figures.filter(({ count }) => count > 0);
  const inWords = present.map(({ label, count }) => `${label}: ${formatCount(count)}`);
  return html`<section aria-label="Counts">
<div class="bar" role="img" aria-label="${inWords.join(', ')}">${present.map(
    (figure) => html`<i class="${figure.class}" style="flex-grow: ${figure.count}"></i>`,
  )}</div>
<dl class="figures">
<div><dt>Tenants</dt><dd>${formatCount(summary.total)}</dd></div>
${figures.map(
  ({ class: name, label, count }) =>
    html`<div class="${count > 0 && name}"><dt>${label}</dt><dd>${formatCount(count)}</dd></div>`,
)}
</dl>
</section>
`;
}

function figuresOf(summary: Summary, run: FinishedRun): Figure[] {
  const { counts } = summary;
  const { request } = run.record;
  const back = isRollback(request);
  const isPlan = request.command === 'plan';
  const planned = plannedCount(summary);
  const unchanged = counts.unchanged + counts.planned - planned;
  return [
    { class: 'migrated', label: 'Migrated', count: counts.migrated, always: !isPlan && !back },
    { class: 'reverted', label: 'Rolled back', count: counts.reverted, always: !isPlan && back },
    {
      class: 'planned',
      label: back ? 'Would be rolled back' : 'Would be migrated',
      count: planned,
      always: isPlan,
    },
    {
      class: 'unchanged',
      label: back ? 'Nothing to roll back' : 'Already up to date',
      count: unchanged,
      always: true,
    },
    { class: 'failed', label: 'Failed', count: counts.failed, always: true },
    { class: 'skipped', label: 'Skipped', count: counts.skipped },
    { class: 'unknown', label: 'Unknown', count: counts.unknown },
  ];
}

/** The planned tenants that would change. A run of an earlier version has only the number of all planned tenants. */
export function plannedCount({ counts, plan }: Pick<Summary, 'counts' | 'plan'>): number {
  return plan?.tenants ?? counts.planned;
}
