import { noKinds, totalOf } from '../../core/reduce/details/outcome-kind.ts';
import type { WaveCount } from '../../core/reduce/details/run-details.ts';
import type { Wave } from '../../core/run-store.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import { formatDuration } from '../../core/wording/format-duration.ts';
import { shareBar } from './charts/share-bar.ts';
import { formatClock } from './format-time.ts';
import { type Html, html } from './html.ts';
import type { KindWords } from './kinds.ts';

/** The counts and times of each wave, including waves that never started; nothing for a single wave. */
export function wavesTable(
  counted: readonly WaveCount[],
  waves: readonly Wave[],
  words: KindWords,
): Html | undefined {
  if (waves.length < 2) return undefined;
  const most = Math.max(...waves.map(({ size }) => size));
  const byNumber = new Map(counted.map((wave) => [wave.wave, wave]));
  return html`<figure>
<figcaption><h3>Waves</h3></figcaption>
<table class="bars">
<thead><tr><th scope="col">Wave</th><th scope="col" class="number">Tenants</th><th scope="col" class="number">Failed</th><th scope="col" class="number">Started</th><th scope="col" class="number">Duration</th></tr></thead>
<tbody>
${waves.map((wave, index) => waveRow(wave, byNumber.get(index + 1) ?? { wave: index + 1, counts: noKinds() }, { most, words }))}</tbody>
</table>
</figure>
`;
}

function waveRow(
  { size, canary, late }: Wave,
  { wave, counts, from, to }: WaveCount,
  { most, words }: { readonly most: number; readonly words: KindWords },
): Html {
  const kind = canary ? ' canary' : late === true ? ' late tenants' : '';
  // Tenants without an outcome count as open.
  const whole = { ...counts, open: counts.open + Math.max(0, size - totalOf(counts)) };
  return html`<tr><td>${wave}<small>${kind}</small>${shareBar(whole, most, words)}</td><td class="number">${formatCount(size)}</td><td class="number ${counts.failed > 0 && 'bad'}">${formatCount(counts.failed)}</td><td class="number">${from === undefined ? html`<span class="none">not started</span>` : formatClock(from)}</td><td class="number">${
    from !== undefined && to !== undefined && formatDuration(Date.parse(to) - Date.parse(from))
  }</td></tr>
`;
}
