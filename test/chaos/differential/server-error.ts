/** Properties that mysql2 adds to the errors of a server. */
export interface ServerError extends Error {
  readonly code?: string;
  readonly errno?: number;
  readonly sqlState?: string;
  readonly sqlMessage?: string;
  readonly sql?: string;
}
