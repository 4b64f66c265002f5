import type { CentralDatabase } from '../adapters/prisma/central-database.ts';
import type { CentralAccess } from '../core/central/central-access.ts';
import { usingCentral } from './using-central.ts';

/** Milliseconds for which a connection is kept for the next call of a service: opening one takes longer than a call. */
const IDLE_MS = 1_000;

interface Held {
  readonly central: Promise<CentralDatabase>;
  users: number;
  /** Closes the connection. */
  release: () => void;
  timer?: NodeJS.Timeout | undefined;
}

const held = new Map<string, Held>();

/**
 * Passes the central database to `work` over a connection that the calls of a process share. It is closed when nobody
 * has used it for a second. A connection that failed is not kept.
 */
export async function usingHeldCentral<Result>(
  access: CentralAccess,
  work: (central: CentralDatabase) => Promise<Result>,
): Promise<Result> {
  const key = JSON.stringify(access);
  const kept = held.get(key) ?? open(key, access);
  clearTimeout(kept.timer);
  kept.users += 1;
  try {
    return await work(await kept.central);
  } catch (error) {
    if (held.get(key) === kept) held.delete(key);
    throw error;
  } finally {
    kept.users -= 1;
    const isKept = held.get(key) === kept;
    if (kept.users === 0) kept.timer = setTimeout(() => close(key, kept), isKept ? IDLE_MS : 0);
  }
}

function open(key: string, access: CentralAccess): Held {
  let release = () => {};
  const until = new Promise<void>((resolve) => {
    release = resolve;
  });
  const central = new Promise<CentralDatabase>((resolve, reject) => {
    usingCentral(access, (opened) => {
      resolve(opened);
      return until;
    }).catch(reject);
  });
  const kept: Held = { central, users: 0, release };
  held.set(key, kept);
  return kept;
}

function close(key: string, kept: Held): void {
  if (kept.users > 0) return;
  if (held.get(key) === kept) held.delete(key);
  kept.release();
}
