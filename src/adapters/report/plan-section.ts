import { plansByCount } from '../../core/reduce/plan-groups.ts';
import type { PlanGroup, Summary } from '../../core/reduce/summary.ts';
import type { FinishedRun } from '../../core/run/finished-run.ts';
import { takesBack } from '../../core/takes-back.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import { type Html, html } from './html.ts';

/** What a plan would do, by groups of tenants in which it is the same: the largest first, exceptions below. */
export function planSection({ plan }: Summary, run: FinishedRun): Html | undefined {
  if (plan === undefined || plan.groups.length === 0) return undefined;
  const back = takesBack(run.record.request);
  const { otherTenants } = plan;
  return html`<section aria-labelledby="plan">
<h2 id="plan">What would be done</h2>
${plansByCount(plan).map((group, index) => groupCard(group, { back, isFirst: index === 0 }))}${
  otherTenants > 0 &&
  html`<p class="aside">${countOf(otherTenants, 'more tenant')} with other sets of migrations. Each: ${EACH}</p>`
}</section>
`;
}

const EACH = html`<code>fanfold migrate:plan --verbose</code>`;

function groupCard(
  { migrations, count, tenants }: PlanGroup,
  { back, isFirst }: { readonly back: boolean; readonly isFirst: boolean },
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
  // Most tenants are all but the exceptions, and a list of them says nothing.
  !(isFirst && more > 0) &&
  html`<p class="aside">${slugs}${more > 0 && html` and ${formatCount(more)} more: ${EACH}`}</p>`
}</article>
`;
}
