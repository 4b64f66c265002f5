import type { Socket } from 'node:net';

/** SERVER_MORE_RESULTS_EXISTS of an OK packet. */
const MORE_RESULTS = 8;

/** Calls `take` for every whole packet of the protocol. */
export function packetsOf(socket: Socket, take: (packet: Buffer) => void): void {
  let chunks: Buffer[] = [];
  let held = 0;
  let wanted = 4;
  socket.on('data', (chunk) => {
    chunks.push(chunk);
    held += chunk.length;
    // A packet of megabytes is put together once, not with each piece of it.
    if (held < wanted) return;
    let rest = chunks.length === 1 ? chunk : Buffer.concat(chunks);
    while (rest.length >= 4) {
      wanted = 4 + rest.readUIntLE(0, 3);
      if (rest.length < wanted) break;
      take(rest.subarray(0, wanted));
      rest = rest.subarray(wanted);
      wanted = 4;
    }
    chunks = rest.length === 0 ? [] : [rest];
    held = rest.length;
  });
}

/** Whether an answer ends with this packet; several statements in one query have several answers. */
export function endOf(packet: Buffer): 'last' | 'more' | 'perhaps' {
  const [first] = packet.subarray(4);
  if (first === 0xff) return 'last';
  if (first !== 0x00) return 'perhaps';
  let at = 5;
  for (let skipped = 0; skipped < 2; skipped++) {
    const size = packet[at] ?? 0;
    at += size < 0xfb ? 1 : size === 0xfc ? 3 : size === 0xfd ? 4 : 9;
  }
  const status = packet[at] ?? 0;
  return (status & MORE_RESULTS) !== 0 ? 'more' : 'last';
}
