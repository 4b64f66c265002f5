/** The standing of a wave: its tenants by their last outcomes. */
export interface WaveStanding {
  /** Tenants in the wave's list. */
  readonly size: number;
  /** Those of which an outcome is known. */
  readonly reported: number;
  /** Tenants that are done, or no longer have to be. The others are open. */
  readonly settled: number;
  /** Those whose outcome is `failed` or `unknown`. */
  readonly failed: number;
  /** Those among them that may succeed if retried. */
  readonly retryable: number;
  /** Those that are done but for their backfills; absent if there are none. */
  readonly waiting?: number | undefined;
}
