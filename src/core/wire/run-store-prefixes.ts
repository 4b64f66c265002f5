/**
 * The prefixes of the run store in its bucket. Items hold addresses and ciphertext, so they have
 * a prefix of their own, by which a lifecycle rule lets them expire and policies tell them apart.
 */
export const RUN_STORE_PREFIXES = {
  /** `runs/<run id>/…`: what stays of a run. */
  runs: 'runs/',
  /** `items/<run id>/wave-<n>-round-<r>.jsonl`: what the Map of a round reads. */
  items: 'items/',
} as const;
