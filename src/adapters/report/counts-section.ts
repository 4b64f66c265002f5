import type { OutcomeStatus } from '../../core/outcome.ts';
import type { Summary } from '../../core/reduce/summary.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import { type Html, html } from './html.ts';

/** In the order of the bar; what a run always tells, even when it is nothing. */
const SHOWN: readonly {
  readonly status: OutcomeStatus;
  readonly label: string;
  readonly always?: boolean;
}[] = [
  { status: 'migrated', label: 'Migrated', always: true },
  { status: 'unchanged', label: 'Already up to date', always: true },
  { status: 'reverted', label: 'Rolled back' },
  { status: 'planned', label: 'Planned' },
  { status: 'failed', label: 'Failed', always: true },
  { status: 'skipped', label: 'Skipped' },
  { status: 'unknown', label: 'Unknown' },
];

/** The counts as figures, and their shares as a bar. */
export function countsSection(summary: Summary): Html {
  const { counts, total, applied, retried } = summary;
  const shown = SHOWN.filter(({ status, always }) => counts[status] > 0 || always === true);
  const present = shown.filter(({ status }) => counts[status] > 0);
  const inWords = present.map(({ status, label }) => `${label}: ${formatCount(counts[status])}`);
  return html`<section aria-label="Counts">
<div class="bar" role="img" aria-label="${inWords.join(', ')}">${present.map(
    ({ status }) => html`<i class="${status}" style="flex-grow: ${counts[status]}"></i>`,
  )}</div>
<dl class="figures">
<div><dt>Tenants</dt><dd>${formatCount(total)}</dd></div>
${shown.map(
  ({ status, label }) =>
    html`<div class="${counts[status] > 0 && status}"><dt>${label}</dt><dd>${formatCount(counts[status])}</dd></div>`,
)}
</dl>
<p class="aside">${countOf(applied, 'migration')} applied${
    retried > 0 && `; ${countOf(retried, 'tenant')} needed more than one try`
  }.</p>
</section>
`;
}
