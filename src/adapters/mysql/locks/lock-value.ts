import { createHash, randomInt } from 'node:crypto';

/** A value of `is_locked`. NULL is what neither Knex nor Fanfold writes; Knex takes it for locked. */
export type LockValue = number | null;

/** Knex's lock as this run holds it. */
export interface HeldLock {
  /** Value of `is_locked` by which the row is known for this run's. */
  readonly value: number;
  /** Of the session that took it. */
  readonly connectionId: number;
  /** Node of a cluster on which that session is; `undefined` on a server that is alone. */
  readonly node?: string | undefined;
}

/** A session of the server, by what makes up the lock's value. */
export interface Holder {
  readonly id: number;
  readonly user: string;
}

/** So much of a connection id is kept: 15 bits. The user's name takes the other 16 of a negative INT. */
const IDS = 2 ** 15;

/** Values of a cluster begin here; what Knex (0 and 1) and earlier versions (2) write is below. */
const FIRST_RANDOM = 1 << 16;
const LAST = 2 ** 31 - 1;

/**
 * Value of `is_locked` that names the session which holds the lock: negative, the user's name in 16
 * bits (of its SHA-256) and the connection id in 15 (its lowest). Plain Knex takes whatever is not 0
 * for locked (docs/adr/0010-the-lock-names-its-session.md).
 */
export function lockValueOf({ id, user }: Holder): number {
  return -1 - (userBits(user) * IDS + (id % IDS));
}

/**
 * Value for a cluster, where each node counts its own connections: one in two thousand million, which
 * tells this run's lock from any other and nothing else.
 */
export function randomLockValue(): number {
  return randomInt(FIRST_RANDOM, LAST);
}

/** Whether the value names a session ({@link lockValueOf}). */
export function namesSession(value: LockValue): value is number {
  return value !== null && value < 0;
}

/** Whether the value was made on a cluster ({@link randomLockValue}). */
export function isRandomValue(value: LockValue): boolean {
  return value !== null && value >= FIRST_RANDOM;
}

/** Whether it may be this session that set the value: not sure if it is, but sure if it is not. */
export function mayHaveSet(value: number, { id, user }: Holder): boolean {
  return lockValueOf({ id, user }) === value;
}

/** Whether a session of this user set the value. */
export function isSetByUser(value: number, user: string): boolean {
  return Math.floor((-1 - value) / IDS) === userBits(user);
}

function userBits(user: string): number {
  return createHash('sha256').update(user).digest().readUInt16BE();
}
