import { expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/local/system-clock.ts';

it('systemClock sleeps for the given time', async () => {
  const startedAt = performance.now();
  await systemClock.sleep(30, new AbortController().signal);
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(25);
});

it('systemClock wakes a thousand sleepers at once when aborted, and leaves no timer', async () => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error) => warnings.push(warning);
  process.on('warning', onWarning);
  const timersBefore = timers();
  const controller = new AbortController();
  const sleepers = Array.from({ length: 1_000 }, () =>
    systemClock.sleep(60_000, controller.signal),
  );
  controller.abort();
  await Promise.all(sleepers);
  await systemClock.sleep(60_000, controller.signal);
  expect(timers()).toBe(timersBefore);
  process.off('warning', onWarning);
  expect(warnings).toEqual([]);
});

function timers(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
}
