import { createHash, randomInt } from 'node:crypto';

/** A value of `is_locked`. Neither Knex nor Fanfold writes NULL, which Knex treats as locked. */
export type LockValue = number | null;

/** Knex's lock, held by this run. */
export interface HeldLock {
  /** The value of `is_locked` that identifies this run. */
  readonly value: number;
  /** The id of the session that took it. */
  readonly connectionId: number;
  /** The cluster node of that session; `undefined` on a standalone server. */
  readonly node?: string | undefined;
}

/** The parts of a session that determine the lock's value. */
export interface Holder {
  readonly id: number;
  readonly user: string;
}

/** The value contains 15 bits of a connection id. The user's name takes the other 16 bits of a negative INT. */
const IDS = 2 ** 15;

/** The smallest value for a cluster; the values of Knex (0 and 1) and of earlier versions (2) are smaller. */
const FIRST_RANDOM = 1 << 16;
const LAST = 2 ** 31 - 1;

/**
 * The value of `is_locked` that identifies the session which holds the lock: negative, with 16 bits of the user
 * name's SHA-256 and the lowest 15 bits of the connection id. Plain Knex treats every value other than 0 as
 * locked (docs/adr/0010-the-lock-names-its-session.md).
 */
export function lockValueOf({ id, user }: Holder): number {
  return -1 - (userBits(user) * IDS + (id % IDS));
}

/**
 * A random value for a cluster, in which each node counts its own connections: one in two thousand million,
 * which only distinguishes this run's lock from any other.
 */
export function randomLockValue(): number {
  return randomInt(FIRST_RANDOM, LAST);
}

/** Whether the value identifies a session ({@link lockValueOf}). */
export function namesSession(value: LockValue): value is number {
  return value !== null && value < 0;
}

/** Whether the value was created on a cluster ({@link randomLockValue}). */
export function isRandomValue(value: LockValue): boolean {
  return value !== null && value >= FIRST_RANDOM;
}

/** Whether this session may have set the value: `true` is uncertain, `false` is certain. */
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
