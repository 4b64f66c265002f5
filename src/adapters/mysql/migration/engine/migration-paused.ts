/**
 * Ends an attempt before a statement at which another one can resume. It is not a failure; throwing it is the only
 * way to stop the migration's code.
 */
export class MigrationPaused extends Error {
  override readonly name = 'MigrationPaused';

  constructor() {
    super('The migration is paused here; the next attempt resumes it.');
  }
}
