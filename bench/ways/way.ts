import type { AtATime, WAY_NAMES } from '../options.ts';
import type { Stage } from '../stages.ts';

/** One way of bringing a fleet up to date. */
export interface Way {
  readonly name: (typeof WAY_NAMES)[number];
  /** Its name in the table. */
  readonly title: string;
  /** Tenants at a time. */
  readonly concurrency: AtATime;
  /** One pass over the databases; throws if one of them could not be brought up to date. */
  migrate(databases: readonly string[], stage: Stage, signal: AbortSignal): Promise<void>;
}
