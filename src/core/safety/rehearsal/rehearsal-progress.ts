/** Told how far a rehearsal is. Each migration counts once for each start. */
export interface RehearsalProgress {
  /** This many migrations more will be rehearsed or applied, from starts that are known by now. */
  more(count: number): void;
  /** A migration begins; `start` is the start in words. */
  started(migration: string, start: string): void;
  finished(isWrong: boolean): void;
}
