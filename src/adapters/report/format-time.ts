/** `2026-11-23 05:57:12 UTC`, of ISO 8601. */
export function formatTime(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}

/** `05:57:12`, of ISO 8601. */
export function formatClock(iso: string): string {
  return iso.slice(11, 19);
}
