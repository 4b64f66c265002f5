import type { MigrationCount } from '../../core/reduce/details/run-details.ts';
import type { FinishedRun } from '../../core/run/finished-run.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import { formatElapsed } from './format-elapsed.ts';
import { type Html, html } from './html.ts';

/** The migrations that a run applied, rolled back or failed in, with their durations. */
export function migrationsSection({ details }: FinishedRun): Html | undefined {
  const migrations = details?.migrations ?? [];
  if (migrations.length === 0) return undefined;
  const leftOut = details?.migrationsLeftOut ?? 0;
  const reverted = migrations.some((migration) => migration.reverted > 0);
  const applied = !reverted || migrations.some((migration) => migration.applied > 0);
  return html`<section aria-labelledby="migrations">
<h2 id="migrations">Migrations</h2>
<table class="stacked">
<thead><tr><th scope="col">Migration</th>${applied && html`<th scope="col" class="number">Applied</th>`}${
    reverted && html`<th scope="col" class="number">Rolled back</th>`
  }<th scope="col" class="number">Failed</th><th scope="col" class="number">Mean</th><th scope="col" class="number">Longest</th></tr></thead>
<tbody>
${migrations.map((migration) => migrationRow(migration, { applied, reverted }))}</tbody>
</table>
${
  leftOut > 0 &&
  html`<p>${formatCount(leftOut)} more were applied or rolled back, which the outcomes of their tenants count and do not name.</p>
`
}</section>
`;
}

function migrationRow(
  { name, applied, reverted, failed, durationMs, longestMs }: MigrationCount,
  has: { readonly applied: boolean; readonly reverted: boolean },
): Html {
  const done = applied + reverted;
  const time = (value: number) => (done === 0 ? '' : formatElapsed(value));
  return html`<tr><td><code>${name}</code></td>${
    has.applied && html`<td class="number" data-label="Applied">${formatCount(applied)}</td>`
  }${
    has.reverted && html`<td class="number" data-label="Rolled back">${formatCount(reverted)}</td>`
  }<td class="number ${failed > 0 && 'bad'}" data-label="Failed">${formatCount(failed)}</td><td class="number" data-label="Mean">${time(durationMs / done)}</td><td class="number" data-label="Longest">${time(longestMs)}</td></tr>
`;
}
