/** The task of the process in `proxy-process.ts`. */
export interface ProxyTask {
  readonly host: string;
  readonly port: number;
  /** Milliseconds that a round trip takes longer. */
  readonly latencyMs: number;
}

/** Its messages: first the port at which it listens, then the answers to the questions about its counts. */
export type ProxyMessage = { readonly port: number } | ProxyCounts;

/** Counts over all connections since it started. */
export interface ProxyCounts {
  readonly connections: number;
  readonly trips: number;
}
