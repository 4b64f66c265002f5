/**
 * Matches the states of the process list in which a session waits for a lock that others queue for: metadata
 * locks, the locks of MyISAM, FLUSH TABLES, FLUSH TABLES WITH READ LOCK and backups. Sources: MySQL, "General
 * Thread States"; MariaDB, "General Thread States". Row locks of InnoDB have no state, and a user's advisory lock
 * ("User lock") does not match.
 */
const WAITING = /^Waiting for (?:.* )?(?:lock|table flush)\b/i;

/** Whether a session in this state waits for a lock, so that other sessions queue for it too. */
export function isWaitingState(state: string | null): boolean {
  return WAITING.test(state ?? '');
}

/** Characters that the process list shows as they were sent, whatever the character set of the session. */
const SHOWN_AS_SENT = /^[\t\n\r\x20-\x7e]{0,60}/;

/** The beginning of a statement by which it is recognized in the process list. */
export function headOf(sql: string): string {
  return SHOWN_AS_SENT.exec(sql.trimStart())?.[0].trimEnd() ?? '';
}

/** Whether the process list shows this statement, and not one that was sent before it in the same packet. */
export function isStatement(shown: string | null | undefined, head: string): boolean {
  return head !== '' && (shown ?? '').trimStart().startsWith(head);
}
