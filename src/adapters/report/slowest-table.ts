import type { SlowTenant } from '../../core/reduce/details/run-details.ts';
import { formatElapsed } from './format-elapsed.ts';
import { type Html, html } from './html.ts';

/** The slowest tenants, each with its longest migration. */
export function slowestTable(slowest: readonly SlowTenant[]): Html | undefined {
  if (slowest.length === 0) return undefined;
  const most = slowest[0]?.durationMs ?? 0;
  const named = slowest.some(({ longest }) => longest !== undefined);
  return html`<figure>
<figcaption><h3>Slowest tenants</h3></figcaption>
<table class="bars">
<thead><tr><th scope="col">Tenant</th>${named && html`<th scope="col">Longest migration</th>`}<th scope="col" class="number">Duration</th></tr></thead>
<tbody>
${slowest.map((slow) => slowRow(slow, { most, named }))}</tbody>
</table>
</figure>
`;
}

function slowRow(
  { tenant, kind, durationMs, tries, longest }: SlowTenant,
  { most, named }: { readonly most: number; readonly named: boolean },
): Html {
  const share = most === 0 ? 0 : Math.max(1, (100 * durationMs) / most);
  return html`<tr><td><code><bdi>${tenant.slug}</bdi></code>${
    tries > 1 && html` <small>${tries} tries</small>`
  }<div class="share" style="width: ${share.toFixed(1)}%"><i class="${kind}" style="flex-grow: 1"></i></div></td>${
    named &&
    html`<td>${
      longest === undefined
        ? html`<span class="none">none</span>`
        : html`<code>${longest.name}</code> <small>${formatElapsed(longest.durationMs)}</small>`
    }</td>`
  }<td class="number">${formatElapsed(durationMs)}</td></tr>
`;
}
