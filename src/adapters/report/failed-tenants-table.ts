import type { FailedTenant, NamedCount } from '../../core/reduce/details/run-details.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import { formatElapsed } from './format-elapsed.ts';
import { type Html, html } from './html.ts';

/** The number of tenants of a cause that are shown without a click. */
const MOST_SHOWN = 10;

/** The failed tenants of a cause, each with its host and the migrations applied before the failure. */
export function failedTenantsTable(code: string, tenants: readonly FailedTenant[]): Html {
  const more = tenants.slice(MOST_SHOWN);
  const has = {
    host: tenants.some(({ tenant }) => tenant.host !== undefined),
    done: tenants.some(({ tries }) => tries > 0),
  };
  const caption = `Tenants that failed with ${code}`;
  return html`${tableOf(caption, tenants.slice(0, MOST_SHOWN), has)}${
    more.length > 0 &&
    html`<details class="more"><summary>${countOf(more.length, 'more tenant')}</summary>
${tableOf(`${caption}, continued`, more, has)}</details>
`
  }`;
}

interface Columns {
  readonly host: boolean;
  readonly done: boolean;
}

function tableOf(caption: string, tenants: readonly FailedTenant[], has: Columns): Html {
  return html`<table class="tenants">
<caption class="unseen">${caption}</caption>
<thead><tr><th scope="col">Tenant</th>${has.host && html`<th scope="col">Host</th>`}<th scope="col">Database</th>${
    has.done &&
    html`<th scope="col">Applied before</th><th scope="col" class="number">Tries</th><th scope="col" class="number">Duration</th>`
  }</tr></thead>
${tenants.map((failed) => tenantRows(failed, has))}</table>
`;
}

function tenantRows({ tenant, message, ...failed }: FailedTenant, has: Columns): Html {
  const { name, slug, database, host } = tenant;
  const columns = 2 + (has.host ? 1 : 0) + (has.done ? 3 : 0);
  return html`<tbody data-find>
<tr><td><bdi>${name}</bdi> <code><bdi>${slug}</bdi></code></td>${
    has.host && html`<td class="host"><code><bdi>${host ?? ''}</bdi></code></td>`
  }<td class="database"><code><bdi>${database}</bdi></code></td>${
    has.done &&
    html`<td class="applied">${doneBefore(failed)}</td><td class="number">${formatCount(failed.tries)}<span class="unit"> ${failed.tries === 1 ? 'try' : 'tries'}</span></td><td class="number">${formatElapsed(failed.durationMs)}</td>`
  }</tr>
${
  message !== undefined &&
  html`<tr class="own"><td colspan="${columns}"><bdi>${message}</bdi></td></tr>
`
}</tbody>
`;
}

function doneBefore({ applied, reverted }: Pick<FailedTenant, 'applied' | 'reverted'>): Html {
  if (applied.count === 0 && reverted === undefined) return html`<span class="none">nothing</span>`;
  return html`${applied.count > 0 && namesOf(applied)}${
    reverted !== undefined && html`<div>rolled back: ${namesOf(reverted)}</div>`
  }`;
}

function namesOf({ count, names }: NamedCount): Html {
  const left = count - names.length;
  const list = names.map((name, index) => html`${index > 0 && ', '}<code>${name}</code>`);
  if (count === 1) return html`${list}`;
  return html`<details><summary>${countOf(count, 'migration')}</summary>${left > 0 && `${formatCount(left)} older, `}${list}</details>`;
}
