/** A number of tenants at a time that somebody sets for a run while it is under way. */
export interface Throttle {
  /** `undefined` as long as nobody has set one. */
  readonly atATime: number | undefined;
  /** Calls the listener after each change; returns the function that ends that. */
  onChange(listener: () => void): () => void;
}

/** Nobody can throttle the run. */
export const NO_THROTTLE: Throttle = { atATime: undefined, onChange: () => () => {} };
