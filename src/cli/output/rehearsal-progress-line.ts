import type { RehearsalProgress } from '../../core/safety/rehearsal/rehearsal-progress.ts';
import { cutToWidth } from './cut-to-width.ts';
import { printable } from './printable.ts';
import { createProgressMeter } from './progress.ts';
import { progressLine } from './progress-line.ts';
import type { Screen } from './screen.ts';

/** Draws how many migrations were rehearsed, and below it the one that is in progress. */
export function showRehearsal(screen: Screen, now: () => number): RehearsalProgress {
  const meter = createProgressMeter(now);
  meter.start(0);
  let current = '';
  return {
    more(count) {
      meter.more(count);
      screen.showProgress((look) =>
        [
          progressLine(meter.read(), look),
          ...(current === '' ? [] : [look.palette.faint(cutToWidth(current, look.width - 1))]),
        ].join('\n'),
      );
    },
    started(migration, start) {
      current = printable(`${migration}, from ${start}`);
    },
    finished(isWrong) {
      meter.finished(isWrong);
      current = '';
    },
  };
}
