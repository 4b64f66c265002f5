import type { ServerLogin } from '../server-login.ts';

/** What the measured process is told. */
export interface ListAndFoldTask {
  readonly central: ServerLogin & { readonly database: string };
  /** Folder for the run store. */
  readonly storeFolder: string;
}

/** What it finds out. */
export interface ListAndFoldResult {
  readonly listed: number;
  readonly unchanged: number;
  readonly failed: number;
  readonly seconds: number;
  /** Peak resident memory of the whole process, Node and all modules included, in MB. */
  readonly peakMb: number;
  /** The same before the run began. */
  readonly peakAtStartMb: number;
}
