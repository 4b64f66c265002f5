/** How a wave stands: its tenants by their last outcomes. */
export interface WaveStanding {
  /** Tenants in the wave's list. */
  readonly size: number;
  /** Those of which an outcome is known. */
  readonly reported: number;
  /** Those that are done, or are no longer to be done. The others are open. */
  readonly settled: number;
  /** Those whose outcome is `failed` or `unknown`. */
  readonly failed: number;
  /** Those among them that may succeed without anybody's doing. */
  readonly retryable: number;
}
