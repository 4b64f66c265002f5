/**
 * Whether these statements fit into one packet, joined by `;` and a line break, after the command byte. Sizes
 * are in bytes; the limit is `max_allowed_packet`.
 */
export function fitsIntoPacket(texts: readonly string[], maxPacketBytes: number): boolean {
  const length = texts.reduce((sum, text) => sum + text.length + 2, 0);
  // A UTF-16 unit takes at most three bytes in UTF-8.
  if (3 * length < maxPacketBytes) return true;
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  // Near the limit, MySQL counts differently if the driver splits the packet (from 16 MiB on).
  const spare = texts.length > 1 ? 16 : 0;
  return bytes + 2 * (texts.length - 1) + 1 + spare < maxPacketBytes;
}
