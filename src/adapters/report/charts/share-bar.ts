import {
  type KindCounts,
  OUTCOME_KINDS,
  totalOf,
} from '../../../core/reduce/details/outcome-kind.ts';
import { type Html, html } from '../html.ts';
import { type KindWords, kindsInWords } from '../kinds.ts';

/** A bar for a row of a table, colored by kind; its length is the row's number of tenants in relation to `most`. */
export function shareBar(counts: KindCounts, most: number, words: KindWords): Html {
  const total = totalOf(counts);
  const length = most === 0 ? 0 : Math.max(1, (100 * total) / most);
  return html`<div class="share" role="img" aria-label="${kindsInWords(counts, words)}" title="${kindsInWords(counts, words)}" style="width: ${length.toFixed(1)}%">${OUTCOME_KINDS.map(
    (kind) => counts[kind] > 0 && html`<i class="${kind}" style="flex-grow: ${counts[kind]}"></i>`,
  )}</div>`;
}
