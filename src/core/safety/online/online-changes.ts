import type { FanfoldError } from '../../errors.ts';
import type { ConnectionLogin } from '../../ports.ts';
import type { OnlineProgress } from './online-progress.ts';

/** The clauses of an ALTER TABLE, as far as they matter to a program that copies the table. */
export interface OnlineClauses {
  /** The text after the table's name. */
  readonly text: string;
  /** Why a copy by column names would not do what the statement says; `undefined` if it would. */
  readonly unfit: string | undefined;
  /** Existing columns that get another definition. */
  readonly redefined: readonly string[];
}

/** A change of a table that the limits of `safety` refuse and that is to be carried out beside its users. */
export interface OnlineChangeRequest {
  readonly table: string;
  readonly clauses: OnlineClauses;
  /** A short text that changes with the definition of the table. */
  readonly stateBefore: string;
  /** Whether the attempt is to end where another one can resume. */
  readonly isTimeUp: () => boolean;
  readonly onProgress: (progress: OnlineProgress) => void;
}

/** How an online change ended, with the name of the program. */
export type OnlineChangeEnd =
  /** `paused`: the program was stopped, and the table is as it was. */
  | { readonly end: 'changed' | 'paused'; readonly program: string }
  /**
   * The program was stopped or failed, and its copy of the table is gone: it was swapped, or never made. The definition
   * of the table shows which. `failure`: the error for the case that it was never made.
   */
  | {
      readonly end: 'undetermined';
      readonly program: string;
      readonly failure: FanfoldError | undefined;
    };

/** Changes tables of one tenant beside their users. */
export interface OnlineChanges {
  /**
   * Carries a change out, or resumes one. The caller holds the tenant's fence meanwhile.
   *
   * @throws FanfoldError `OnlineChangeRefused` before anything is touched, `OnlineChangeBusy`, `OnlineChangeFailed`,
   *   `OnlineProgramMissing`, and those of connecting
   */
  change(request: OnlineChangeRequest): Promise<OnlineChangeEnd>;
}

/** Finds the login with which a program changes tables on the server of a tenant. */
export type FindOnlineLogin = (tenant: ConnectionLogin) => Promise<ConnectionLogin>;
