import { parseByteSize } from './byte-size.ts';
import {
  type GuardLock,
  type GuardSettings,
  type MigrationSafety,
  mergeGuards,
  type OnlineChangeWay,
} from './guard-settings.ts';

/** The limits of one migration's statements. */
export interface EffectiveGuard {
  readonly lock: GuardLock;
  /** `undefined`: a table of any size may be copied. */
  readonly copyBytes: number | undefined;
  /** `undefined`: no limit. */
  readonly queueMs: number | undefined;
  /** `undefined`: no way on beyond the limits. */
  readonly onlineChange: OnlineChangeWay | undefined;
  /** Whether dropped tables and columns are kept aside. */
  readonly keep: boolean;
}

/** The limits of a run with those of a migration over them. */
export function effectiveGuard(
  run: GuardSettings | undefined,
  own: MigrationSafety | undefined,
): EffectiveGuard {
  const { copyBytes, queueMs, onlineChange, keep = false, ...given } = mergeGuards(run, own) ?? {};
  // A way on is for what the limits refuse, so that without any limit it would never be taken.
  const isOnline = onlineChange !== undefined && copyBytes === undefined;
  const lock = given.lock ?? (isOnline ? 'none' : 'any');
  const bytes = copyBytes === undefined ? undefined : parseByteSize(copyBytes);
  return {
    lock,
    copyBytes: bytes === Number.POSITIVE_INFINITY ? undefined : bytes,
    queueMs: queueMs === 0 ? undefined : queueMs,
    onlineChange,
    keep,
  };
}

/** Whether statements have to be sent with clauses that hold the server to the limits. */
export function isAsserted({ lock, copyBytes }: EffectiveGuard): boolean {
  return lock !== 'any' || copyBytes !== undefined;
}

const RANK: Readonly<Record<GuardLock, number>> = { none: 0, shared: 1, any: 2 };

/** The keys in which a migration is looser than its run. */
export function looserKeys(
  run: GuardSettings | undefined,
  own: MigrationSafety | undefined,
): (keyof GuardSettings)[] {
  const [before, after] = [effectiveGuard(run, undefined), effectiveGuard(run, own)];
  const isMore = (one: number | undefined, other: number | undefined) =>
    (one ?? Number.POSITIVE_INFINITY) < (other ?? Number.POSITIVE_INFINITY);
  return [
    ...(RANK[before.lock] < RANK[after.lock] ? (['lock'] as const) : []),
    ...(isMore(before.copyBytes, after.copyBytes) ? (['copyBytes'] as const) : []),
    ...(isMore(before.queueMs, after.queueMs) ? (['queueMs'] as const) : []),
    ...(before.keep && !after.keep ? (['keep'] as const) : []),
  ];
}
