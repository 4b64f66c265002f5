/** Bits of the status that a server sends with its answers ("Status Flags" of the client/server protocol). */
export const SERVER_STATUS = {
  IN_TRANS: 0x0001,
  AUTOCOMMIT: 0x0002,
  MORE_RESULTS_EXISTS: 0x0008,
  SESSION_STATE_CHANGED: 0x4000,
} as const;
