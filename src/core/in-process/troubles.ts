/** Keeps the first error of work that must not end a run in the middle. */
export interface Troubles {
  /** Does the work; if it fails, keeps the error, passes it on and returns nothing. */
  keep<Result>(
    work: () => Promise<Result>,
    onError?: (error: Error) => void,
  ): Promise<Result | undefined>;
  /** The same for synchronous work. */
  keepSync(work: () => void): void;
  readonly first: Error | undefined;
}

/** No trouble so far. */
export function createTroubles(): Troubles {
  let first: Error | undefined;
  const remember = (thrown: unknown): Error => {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    first ??= error;
    return error;
  };
  return {
    async keep(work, onError) {
      try {
        return await work();
      } catch (thrown) {
        const error = remember(thrown);
        onError?.(error);
        return undefined;
      }
    },
    keepSync(work) {
      try {
        work();
      } catch (thrown) {
        remember(thrown);
      }
    },
    get first() {
      return first;
    },
  };
}
