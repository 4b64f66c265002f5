import type { SnapshotGround, SnapshotHeader } from './snapshot.ts';

/** The setting that counts only if something in the snapshot depends on it. */
const TIME_ZONE = 'time_zone';

/**
 * Why a snapshot is not used on a server: its migrations might do something else there. `undefined` if
 * everything that it was made with is the same.
 *
 * @param maxPacketBytes the server's `max_allowed_packet`
 */
export function whyNotOnServer(
  { ground: made, isZoned, longest }: SnapshotHeader,
  here: SnapshotGround,
  maxPacketBytes: number,
): string | undefined {
  const [madeOn, server] = [serverOf(made), serverOf(here)];
  if (madeOn !== server) return `it was made on ${madeOn}, and the server is ${server}`;
  if (made.charset !== here.charset || made.collation !== here.collation) {
    return `it was made in a database with the collation ${made.collation}, and this one has ${here.collation}`;
  }
  for (const name of new Set([...Object.keys(made.settings), ...Object.keys(here.settings)])) {
    if (name === TIME_ZONE && !isZoned) continue;
    const [before, now] = [made.settings[name], here.settings[name]];
    if (before === now) continue;
    return `it was made with ${name} = ${before ?? '(none)'}, and the server has ${now ?? '(none)'}`;
  }
  if (longest >= maxPacketBytes) {
    return `a statement of it has ${longest} bytes, and the server's max_allowed_packet is ${maxPacketBytes}`;
  }
  return undefined;
}

/** Versions of one series write definitions alike. */
function serverOf({ product, version }: SnapshotGround): string {
  return `${product} ${version.split('.').slice(0, 2).join('.')}`;
}

/** Why a snapshot is not used for a bundle; `undefined` if it was made of exactly this one. */
export function whyNotForBundle(
  { bundle }: Pick<SnapshotHeader, 'bundle'>,
  { hash }: { readonly hash: string },
): string | undefined {
  return bundle === hash ? undefined : 'it was made of other migrations than these';
}
