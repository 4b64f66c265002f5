import { isRollback } from '../../core/is-rollback.ts';
import { plansByCount } from '../../core/reduce/plan-groups.ts';
import type { PlanGroup, Summary } from '../../core/reduce/summary.ts';
import type { FinishedRun } from '../../core/run/finished-run.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import { type Html, html } from './html.ts';
import { runCommands } from './run-commands.ts';

/** The migrations of a plan, by groups of tenants that would run the same ones: the largest group first. */
export function planSection({ plan }: Summary, run: FinishedRun): Html | undefined {
  if (plan === undefined || plan.groups.length === 0) return undefined;
  const back = isRollback(run.record.request);
  const { otherTenants } = plan;
  const each = html`<code>${runCommands(run).list}</code>`;
  return html`<section aria-labelledby="plan">
<h2 id="plan">What would run</h2>
${plansByCount(plan).map((group, index) => groupCard(group, { back, each, isFirst: index === 0 }))}${
  otherTenants > 0 &&
  html`<p class="aside">${countOf(otherTenants, 'more tenant')} with other sets of migrations. For each tenant: ${each}</p>`
}</section>
`;
}

function groupCard(
  { migrations, count, tenants }: PlanGroup,
  {
    back,
    each,
    isFirst,
  }: { readonly back: boolean; readonly each: Html; readonly isFirst: boolean },
): Html {
  const more = count - tenants.length;
  const slugs = tenants.map(
    ({ slug }, index) => html`${index > 0 && ', '}<code><bdi>${slug}</bdi></code>`,
  );
  return html`<article class="plan">
<h3><span class="count">${formatCount(count)}</span> ${count === 1 ? 'tenant' : 'tenants'} would ${back ? 'roll back' : 'run'} ${countOf(migrations.length, 'migration')}</h3>
<ol class="names">
${migrations.map((name) => html`<li><code>${name}</code></li>\n`)}</ol>
${
  // The largest group is everything but the exceptions, so a partial list of it tells nothing.
  !(isFirst && more > 0) &&
  html`<p class="aside">${slugs}${more > 0 && html` and ${formatCount(more)} more: ${each}`}</p>`
}</article>
`;
}
