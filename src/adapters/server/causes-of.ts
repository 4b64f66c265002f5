/** Links that are followed: a chain may lead back to itself. */
const LONGEST = 10;

/** An error and its chain of causes, the outermost first: a migration may wrap what it caught. */
export function* causesOf(error: unknown): Generator<Error, void, undefined> {
  for (let current = error, links = 0; current instanceof Error && links < LONGEST; links++) {
    yield current;
    current = current.cause;
  }
}
