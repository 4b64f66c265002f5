import type { EnvironmentOptions } from '../options/config-options.ts';
import type { SetupOptions } from '../options/setup-options.ts';

/** The data with which a worker thread is started. */
export interface WorkerTask {
  readonly options: SetupOptions & EnvironmentOptions;
  /** Whether standard output is for JSON alone. */
  readonly json: boolean;
}
