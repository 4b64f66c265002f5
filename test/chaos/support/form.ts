/** Whether the chaos suite runs in full (`npm run test:chaos`), or as a part of all tests. */
export const IN_FULL = process.env.FANFOLD_CHAOS === 'full';

/** All of the points in the full form; in the short one so many, spread evenly. */
export function pointsOf<Point>(points: readonly Point[], short: number): Point[] {
  if (IN_FULL || points.length <= short) return [...points];
  const step = points.length / short;
  return Array.from({ length: short }, (_, i) => points[Math.floor(i * step)] as Point);
}

/** All cases in the full form; in the short one half of them, and of two variants of each one by turns. */
export function byTurns<Case>(cases: readonly Case[]): Case[] {
  return cases.filter((_, index) => IN_FULL || Math.floor(index / 2) % 2 === index % 2);
}

/** Says what was counted; vitest shows it with the results. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
