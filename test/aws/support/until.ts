import { setTimeout as delay } from 'node:timers/promises';

const LONGEST_MS = 180_000;

/** Waits until a condition holds; throws if it does not within three minutes. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + LONGEST_MS;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`It did not come to that: ${holds}`);
    await delay(100);
  }
}
