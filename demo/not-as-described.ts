import { isDeepStrictEqual } from 'node:util';

/** Thrown where the demo did not go as it says; one line for each thing that differed. */
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

/** Throws {@link NotAsDescribed} where a result is another than it should be. */
export function requireEqual(what: string, actual: unknown, expected: unknown): void {
  const differences = differenceBetween(what, actual, expected);
  if (differences.length > 0) throw new NotAsDescribed(differences);
}
