import { isDeepStrictEqual } from 'node:util';

/** Thrown if the demo did not go as described, with one line for each difference. */
export class NotAsDescribed extends Error {
  readonly differences: readonly string[];

  constructor(differences: readonly string[]) {
    super('Not everything went as the demo says:');
    this.differences = differences;
  }
}

/** The differences, in words; none if both are equal. */
export function differenceBetween(what: string, actual: unknown, expected: unknown): string[] {
  if (isDeepStrictEqual(actual, expected)) return [];
  return [`${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`];
}

/** Throws {@link NotAsDescribed} if a result differs from the described one. */
export function requireEqual(what: string, actual: unknown, expected: unknown): void {
  const differences = differenceBetween(what, actual, expected);
  if (differences.length > 0) throw new NotAsDescribed(differences);
}
