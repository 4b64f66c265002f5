/**
 * Ends an attempt at a statement before which another one can go on. No failure: it is thrown into the
 * migration, since that is the only way out of it.
 */
export class MigrationPaused extends Error {
  override readonly name = 'MigrationPaused';

  constructor() {
    super('The migration is paused here, and gone on with by the next attempt.');
  }
}
