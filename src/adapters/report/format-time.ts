/** Formats an ISO 8601 time as `2026-11-23 05:57:12 UTC`. */
export function formatTime(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}

/** Formats an ISO 8601 time as `05:57:12`. */
export function formatClock(iso: string): string {
  return iso.slice(11, 19);
}
