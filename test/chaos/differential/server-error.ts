/** What mysql2 puts on the errors of a server. */
export interface ServerError extends Error {
  readonly code?: string;
  readonly errno?: number;
  readonly sqlState?: string;
  readonly sqlMessage?: string;
  readonly sql?: string;
}
