import { totalOf } from '../../core/reduce/details/outcome-kind.ts';
import type { HostTally, RunDetails } from '../../core/reduce/details/run-details.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import { shareBar } from './charts/share-bar.ts';
import { formatElapsed } from './format-elapsed.ts';
import { type Html, html } from './html.ts';
import type { KindWords } from './kinds.ts';

/** The number of hosts that are shown without a click. */
const MOST_SHOWN = 10;

/** The counts of each host; hosts with failures come first. */
export function hostsTable(
  { hosts, otherHosts }: Pick<RunDetails, 'hosts' | 'otherHosts'>,
  words: KindWords,
): Html | undefined {
  if (hosts.length === 0) return undefined;
  const most = Math.max(...hosts.map(({ counts }) => totalOf(counts)));
  const rows = hosts.map(({ host, ...tally }) =>
    hostRow(html`<code><bdi>${host}</bdi></code>`, tally, most, words),
  );
  if (otherHosts !== undefined) rows.push(hostRow('all other hosts', otherHosts, most, words));
  const more = rows.slice(MOST_SHOWN);
  return html`<figure>
<figcaption><h3>Hosts</h3></figcaption>
${tableOf(rows.slice(0, MOST_SHOWN))}${
  more.length > 0 &&
  html`<details class="more"><summary>${countOf(more.length, 'more host')}</summary>
${tableOf(more)}</details>
`
}</figure>
`;
}

function tableOf(rows: readonly Html[]): Html {
  return html`<table class="bars">
<thead><tr><th scope="col">Host</th><th scope="col" class="number">Tenants</th><th scope="col" class="number">Failed</th><th scope="col" class="number">Mean</th></tr></thead>
<tbody>
${rows}</tbody>
</table>
`;
}

function hostRow(name: Html | string, tally: HostTally, most: number, words: KindWords): Html {
  const { counts, attempted, durationMs } = tally;
  const total = totalOf(counts);
  return html`<tr><td>${name}${shareBar(counts, Math.max(most, total), words)}</td><td class="number">${formatCount(total)}</td><td class="number ${counts.failed > 0 && 'bad'}">${formatCount(counts.failed)}</td><td class="number">${attempted > 0 && formatElapsed(durationMs / attempted)}</td></tr>
`;
}
