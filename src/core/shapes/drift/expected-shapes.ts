import { type Bundle, createBundle } from '../../bundle/bundle.ts';
import { FanfoldError } from '../../errors.ts';
import { migrateDatabase } from '../../migrate/migrate-database.ts';
import type { TenantDatabases } from '../../ports.ts';
import type { ScratchServer } from '../../safety/recording.ts';
import type { Shape } from '../shape.ts';
import type { DriftGroup } from './drift-groups.ts';

/** The shape that recorded migrations make, or why it is not known. */
export type ExpectedShape = { readonly shape: Shape } | { readonly why: string };

/** Makes the shapes that the recorded migrations of tenants make, each once. */
export type ExpectShape = (group: DriftGroup) => Promise<ExpectedShape>;

/** Seconds that a statement on a scratch database waits for a lock, which only the migration itself can hold. */
const LOCK_WAIT_SECONDS = 5;

/**
 * Runs recorded migrations in an empty scratch database with the tenants' own default collation, which new tables
 * take over, and reads what they made.
 *
 * @param databases without a recorder, so that every statement is sent as tenants got it
 */
export function createExpectShape(
  bundle: Bundle,
  scratch: ScratchServer,
  databases: TenantDatabases,
): ExpectShape {
  const known = new Map<string, Promise<ExpectedShape>>();
  return (group) => {
    const { charset, collation } = group.shape;
    const key = JSON.stringify([group.recorded, charset, collation]);
    const found = known.get(key) ?? makeShape(group, bundle, scratch, databases);
    known.set(key, found);
    return found;
  };
}

function makeShape(
  { shape, recorded }: DriftGroup,
  { migrations }: Bundle,
  scratch: ScratchServer,
  databases: TenantDatabases,
): Promise<ExpectedShape> {
  const wanted = new Set(recorded);
  const bundle = createBundle(migrations.filter(({ id }) => wanted.has(id)));
  return scratch.usingDatabase(async ({ login, restore, readShape }): Promise<ExpectedShape> => {
    try {
      await restore({ ...shape, definitions: [], statements: [] });
    } catch (error) {
      if (!(error instanceof FanfoldError)) throw error;
      return { why: error.message };
    }
    const attempt = await migrateDatabase(
      login,
      {
        runId: 'drift',
        bundle,
        request: {
          command: 'migrate',
          strict: false,
          allowMissing: true,
          lockWaitTimeoutSeconds: LOCK_WAIT_SECONDS,
          phase: 'all',
        },
      },
      { databases },
    );
    if (attempt.status === 'failed') {
      const { migration, message } = attempt.failure;
      const where = migration === undefined ? '' : ` in ${migration}`;
      return { why: `The migrations fail on the scratch server${where}: ${message}` };
    }
    const reading = await readShape();
    return reading.status === 'read' ? { shape: reading.shape } : { why: reading.failure.message };
  });
}
