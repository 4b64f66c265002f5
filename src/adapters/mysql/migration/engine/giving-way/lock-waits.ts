import type { OwnNote } from '../../../../../core/outcome.ts';
import { countOf } from '../../../../../core/wording/count-of.ts';
import { formatCount } from '../../../../../core/wording/format-count.ts';
import type { TriesSoFar } from './pause-before-next.ts';

/** Counts how often statements of an attempt gave way to others, for people. */
export class LockWaits {
  #times = 0;
  #statements = 0;
  #lostWork = 0;
  #last: TriesSoFar | undefined;
  #notLimited: string | undefined;

  /** Records that a statement did not get its lock once more. */
  gaveWay(soFar: TriesSoFar): void {
    const before = soFar.tries === 1 ? 0 : (this.#last?.lostWork ?? 0);
    this.#times++;
    if (soFar.tries === 1) this.#statements++;
    this.#lostWork += soFar.lostWork - before;
    this.#last = soFar;
  }

  /** Records why others may have queued for longer than the limit, in a sentence. */
  notLimited(why: string): void {
    this.#notLimited ??= why;
  }

  /** The tries of the statement that gave way last, in a sentence. */
  get ofLast(): string | undefined {
    if (this.#last === undefined) return undefined;
    const { tries, lostWork } = this.#last;
    const work = lostWork === 0 ? '' : `, ${formatCount(lostWork)} of them after it had worked`;
    return `It gave way to other queries ${countOf(tries, 'time')}${work}.`;
  }

  /** The advice about the statement that gave way last. */
  get nextStep(): string {
    return (this.#last?.lostWork ?? 0) > 0
      ? 'It needs another lock at its end: run it when no transaction on that table takes long, or with a larger safety.queueMs.'
      : 'With safety.queueMs a larger --lock-wait-timeout does no harm: the statement comes again for as long.';
  }

  /** Notes for the outcome. */
  get notes(): OwnNote[] {
    const notes: OwnNote[] = [];
    if (this.#times > 0) {
      const lost =
        this.#lostWork === 0
          ? ''
          : ` Work was lost ${countOf(this.#lostWork, 'time')}: the lock that was missing is the last one of the statement.`;
      notes.push({
        code: 'GaveWay',
        message: `${countOf(this.#statements, 'statement')} gave way to other queries ${countOf(this.#times, 'time')} while waiting for a lock (safety.queueMs).${lost}`,
      });
    }
    if (this.#notLimited !== undefined) {
      notes.push({ code: 'QueueNotLimited', message: this.#notLimited });
    }
    return notes;
  }
}
