import type { ConnectionLogin } from '../../ports.ts';
import type { ServerAddress } from '../../tenant.ts';
import type { OnlineProgress } from './online-progress.ts';

/** The configured replicas of the server whose table is changed. */
export interface OnlineReplicas {
  readonly addresses: readonly ServerAddress[];
  readonly maxLagSeconds: number;
}

/** A change of one table that a program outside of the server carries out. */
export interface OnlineTask {
  /** The program's own login to the tenant's database, with the password in plain text. */
  readonly login: ConnectionLogin;
  readonly table: string;
  /** The clauses of the ALTER TABLE, which follow the table's name. */
  readonly clauses: string;
  /** The name of the change, which the names of its tables have. It is the same in each attempt. */
  readonly workName: string;
  /** Whether the program is to resume from its last checkpoint. */
  readonly resumes: boolean;
  /** Replicas that the program waits for when they are late. It asks them with its own login. */
  readonly replicas?: OnlineReplicas | undefined;
}

/** Programs that change tables online, by the names that people know. */
export type ProgramName = 'Spirit' | 'gh-ost';

/** How far a program has come, as it says itself. */
export type ProgramProgress = Omit<OnlineProgress, 'program' | 'table'>;

/** How a program ended. */
export type ProgramEnd =
  /** The table has been replaced by the changed one. */
  | { readonly end: 'changed' }
  /** It was stopped on request, and the table is unchanged unless it was just being replaced. */
  | { readonly end: 'stopped' }
  /** `said`: its own words about the reason. `mayResume`: whether another attempt may get further. */
  | { readonly end: 'failed'; readonly said: string; readonly mayResume: boolean };

/** A program that changes a table beside its users: it copies the rows, follows the binary log, and swaps the tables. */
export interface OnlineProgram {
  readonly name: ProgramName;
  /**
   * Runs the program until it ends. It ends with this process too, whatever ends that.
   *
   * @param isTimeUp asked at least once a second; true stops the program
   * @param onProgress called whenever the program says how far it has come
   * @throws FanfoldError `OnlineProgramMissing` if it cannot be started
   */
  run(
    task: OnlineTask,
    isTimeUp: () => boolean,
    onProgress: (progress: ProgramProgress) => void,
  ): Promise<ProgramEnd>;
}
