/** The text without the byte order mark that editors on Windows put before it. */
export function stripBom(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}
