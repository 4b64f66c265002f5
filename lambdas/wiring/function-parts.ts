/** Environment variables of a function. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** The time as every function reads it. */
export interface CurrentTime {
  /** Milliseconds since 1970. */
  readonly now: () => number;
}
