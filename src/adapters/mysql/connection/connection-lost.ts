const LOST = new Set([
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR',
  'PROTOCOL_ENQUEUE_AFTER_QUIT',
  'ECONNRESET',
  'EPIPE',
  'ECONNABORTED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'PROTOCOL_SEQUENCE_TIMEOUT',
]);

/** Errors by which the server tells a session that it is over: shutdown, killed, idle too long. */
const ENDED_BY_SERVER = new Set([1053, 1927, 4031, 3169]);

/** Whether the error means that the connection is gone, and what ran on it unknown. */
export function isConnectionLost(error: unknown): boolean {
  const { code, errno, fatal } = (error ?? {}) as {
    code?: unknown;
    errno?: unknown;
    fatal?: unknown;
  };
  return (
    // mysql2 says so of every error after which the connection is of no more use.
    fatal === true ||
    (typeof code === 'string' && LOST.has(code)) ||
    (typeof errno === 'number' && ENDED_BY_SERVER.has(errno))
  );
}
