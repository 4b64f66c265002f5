import { type Bundle, createBundle, type Migration } from '../src/core/bundle/bundle.ts';
import { parseMigrationModule } from '../src/core/bundle/migration-module.ts';
import { FanfoldError } from '../src/core/errors.ts';

/** A migration in the bundled index; only the migrator has its code. */
export interface ShippedMigration extends Pick<Migration, 'id' | 'extension' | 'checksum'> {
  readonly load?: (() => Promise<unknown>) | undefined;
}

/** The bundle that a function was deployed with. */
export function shippedBundle(migrations: readonly ShippedMigration[]): Bundle {
  return createBundle(
    migrations.map(({ id, extension, checksum, load }) => ({
      id,
      extension,
      checksum,
      load: async () => {
        if (load === undefined) throw notHere(id);
        return parseMigrationModule(await load(), id + extension);
      },
    })),
  );
}

function notHere(id: string): FanfoldError {
  return new FanfoldError('MigrationNotShipped', `This function has no code of ${id}.`, {
    fault: 'fanfold',
    nextStep: 'This looks like a defect of Fanfold: please report it.',
  });
}
