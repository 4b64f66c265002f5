/** Environment variables of a function. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** The time as every function reads it. */
export interface Clock {
  /** Milliseconds since 1970. */
  readonly now: () => number;
}
