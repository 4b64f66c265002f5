/** A state in which programs find the databases; the names are also those of folders of migrations. */
export const STATES = ['fresh', 'one-pending', 'nothing-to-do'] as const;

export type State = (typeof STATES)[number];

/** A process to start. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Default: an empty folder. */
  readonly cwd?: string;
}

/** A program that migrates one database a process. */
export interface Program {
  readonly name: string;
  /** Its name and version in a table. */
  readonly title: string;
  /** Brings one database up to date. */
  migrate(database: string, state: State): Command;
}

/** A program that cannot be measured here, and why. */
export interface MissingProgram {
  readonly name: string;
  readonly title: string;
  readonly missing: string;
}
