/**
 * Settings of the clients in Lambda functions; region and credentials come from the environment. The
 * client makes five attempts within about 10 s; after that the state machine retries. Without timeouts,
 * an unanswered packet (for example if a VPC lacks an endpoint) would block a function until it times out.
 *
 * Each client is a file of its own, so that a function contains only those that it uses.
 */
export const CLIENT_SETTINGS = {
  maxAttempts: 5,
  requestHandler: { connectionTimeout: 3_000, socketTimeout: 30_000 },
};

/** For requests that hold up a run and that it can do without: three attempts and about 20 s at the most. */
export const BRIEF_SETTINGS = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 2_000, socketTimeout: 5_000 },
};
