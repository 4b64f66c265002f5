import { createBundle } from '../../src/core/bundle/bundle.ts';
import type { ServerLogin } from '../server-login.ts';

/** Input of the measured process. */
export interface ListAndFoldTask {
  readonly central: ServerLogin & { readonly database: string };
  /** Folder for the run store. */
  readonly storeFolder: string;
  /** `trust`: the tenants' records are trusted, and none is attempted. */
  readonly probe: 'ask' | 'trust';
}

/** The bundle of the run that is measured. */
export const LISTED_BUNDLE = createBundle([]);

/** Its result. */
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
