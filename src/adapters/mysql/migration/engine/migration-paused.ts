/**
 * Ends an attempt before a statement at which another one can resume. It is not a failure: it is thrown into the
 * migration, since that is the only way out of it.
 */
export class MigrationPaused extends Error {
  override readonly name = 'MigrationPaused';

  constructor() {
    super('The migration is paused here; the next attempt resumes it.');
  }
}
