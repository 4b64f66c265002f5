import { isRollback } from '../../core/is-rollback.ts';
import {
  type KindCounts,
  OUTCOME_KINDS,
  type OutcomeKind,
} from '../../core/reduce/details/outcome-kind.ts';
import type { RunRequest } from '../../core/request.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import { type Html, html } from './html.ts';

/** Words for the kinds of outcome, which depend on the command. */
export type KindWords = Readonly<Record<OutcomeKind, string>>;

export function kindWords(request: Pick<RunRequest, 'command' | 'rollback'>): KindWords {
  const back = isRollback(request);
  const changed = {
    migrate: 'migrated',
    rollback: 'rolled back',
    plan: back ? 'would be rolled back' : 'would be migrated',
  }[request.command];
  return {
    changed,
    unchanged: back ? 'nothing to roll back' : 'already up to date',
    failed: 'failed',
    open: 'not reached',
  };
}

/** `12 migrated, 1 failed` */
export function kindsInWords(counts: KindCounts, words: KindWords): string {
  const present = OUTCOME_KINDS.filter((kind) => counts[kind] > 0);
  return present.length === 0
    ? 'none'
    : present.map((kind) => `${formatCount(counts[kind])} ${words[kind]}`).join(', ');
}

/** The legend of the colors, for the kinds that occur. */
export function kindLegend(counts: KindCounts, words: KindWords): Html {
  return html`<p class="legend">${OUTCOME_KINDS.filter((kind) => counts[kind] > 0).map(
    (kind) => html`<span><i class="key ${kind}"></i>${words[kind]}</span> `,
  )}</p>
`;
}
