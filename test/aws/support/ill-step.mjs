// Replaces the migrator's module: one of its steps is killed after its work, hangs until the function's time limit, or is
// refused as Lambda refuses it, the first times; all else is as it would be. FANFOLD_TEST_ILL_STEP is a JSON object: `step`,
// `how`, `times`, and the `folder` in which environments that follow each other count.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

const original = await import(decodeURIComponent(new URL(import.meta.url).search.slice(1)));
const { step, how, times, folder } = JSON.parse(process.env.FANFOLD_TEST_ILL_STEP);

export async function handler(event, context) {
  if (event.step !== step || !isIll()) return original.handler(event, context);
  switch (how) {
    case 'die':
      await original.handler(event, context);
      return process.kill(process.pid, 'SIGKILL');
    case 'hang':
      return new Promise(() => setInterval(() => {}, 60_000));
    case 'throttle':
      throw Object.assign(new Error('Rate Exceeded.'), {
        name: 'Lambda.TooManyRequestsException',
      });
  }
}

/** Whether one of the ill times is left, of which each invocation takes one. */
function isIll() {
  for (let time = 1; time <= times; time += 1) {
    try {
      mkdirSync(join(folder, `ill-${time}`));
      return true;
    } catch {
      // Another invocation had it.
    }
  }
  return false;
}
