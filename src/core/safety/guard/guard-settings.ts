/** The strongest lock that a statement may hold on an existing table while it runs. */
export const GUARD_LOCKS = ['none', 'shared', 'any'] as const;
export type GuardLock = (typeof GUARD_LOCKS)[number];

/** The ways to change a table beside its users where the server alone would lock or copy it. */
export const ONLINE_CHANGES = ['native', 'external'] as const;
export type OnlineChangeWay = (typeof ONLINE_CHANGES)[number];

/**
 * Limits for statements that change existing tables. They are keys of `safety` in the configuration, in a
 * request and in a migration. An absent key sets no limit.
 */
export interface GuardSettings {
  /** `none`: others read and write meanwhile. `shared`: they read. `any` (default): no limit. */
  readonly lock?: GuardLock | undefined;
  /**
   * The largest table that a statement may copy, in bytes or with a unit, such as `"2GiB"`; 0: none is
   * copied; `"any"` (default): no limit.
   */
  readonly copyBytes?: number | string | undefined;
  /**
   * Milliseconds for which queries of others may queue behind a statement that waits for a lock. 0 (default):
   * no limit but `lockWaitTimeoutSeconds`.
   */
  readonly queueMs?: number | undefined;
  /**
   * The way on beyond the other limits. `native`: MariaDB (11.2 and later) copies the table without a lock. `external`:
   * on MySQL, Spirit or gh-ost changes it as well. Without `lock` and `copyBytes`, `lock` is `none` then.
   */
  readonly onlineChange?: OnlineChangeWay | undefined;
  /**
   * Whether tables and columns that a migration drops are kept aside in the tenant's database, so that a rollback
   * brings their values back. Default: false.
   */
  readonly keep?: boolean | undefined;
}

/** The limits of one migration, over those of its run: `export const safety = { … }`. */
export interface MigrationSafety extends GuardSettings {
  /** The reason; required if a limit is looser than that of the run. Shown in plans and by the lint. */
  readonly why?: string | undefined;
}

/** The limits of one set with those of another over them, key by key; `undefined` if there are none. */
export function mergeGuards(
  base: GuardSettings | undefined,
  over: GuardSettings | undefined,
): GuardSettings | undefined {
  const merged = {
    lock: over?.lock ?? base?.lock,
    copyBytes: over?.copyBytes ?? base?.copyBytes,
    queueMs: over?.queueMs ?? base?.queueMs,
    onlineChange: over?.onlineChange ?? base?.onlineChange,
    keep: over?.keep ?? base?.keep,
  };
  const given = Object.entries(merged).filter(([, value]) => value !== undefined);
  return given.length === 0 ? undefined : (Object.fromEntries(given) as GuardSettings);
}
