/** The maximum number of causes to follow, because a chain may be circular. */
const LONGEST = 10;

/** An error and its chain of causes, the outermost first: a migration may wrap what it caught. */
export function* causesOf(error: unknown): Generator<Error, void, undefined> {
  for (let current = error, links = 0; current instanceof Error && links < LONGEST; links++) {
    yield current;
    current = current.cause;
  }
}
