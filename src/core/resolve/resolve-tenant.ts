import { type Bundle, splitMigrationName } from '../bundle/bundle.ts';
import { FanfoldError } from '../errors.ts';
import type { StatementStanding } from '../half-applied.ts';
import { loginToMigrate } from '../migrate/login-to-migrate.ts';
import type { FencedDatabase, PasswordOpener, TenantDatabases } from '../ports.ts';
import type { SchemaState } from '../schema-state.ts';
import type { Tenant } from '../tenant.ts';
import type { ResolutionKind } from './resolution.ts';

export interface ResolveDependencies {
  readonly databases: TenantDatabases;
  readonly passwords: PasswordOpener;
  /** Default 10 s. */
  readonly fenceWaitSeconds?: number | undefined;
}

/** What somebody asks for. */
export interface ResolveRequest {
  readonly kind: ResolutionKind;
  /** Id of the migration, or its file name. */
  readonly migration: string;
  readonly bundle: Bundle;
  readonly by: string;
  readonly runId: string;
  readonly lockWaitTimeoutSeconds: number;
  /** Is shown how the statements stand, under the fence, and says whether to go on. */
  confirm(statements: readonly StatementStanding[]): Promise<boolean>;
}

/** Resolves a half-way migration of one tenant. */
export type ResolveTenant = (
  tenant: Tenant,
  request: ResolveRequest,
) => Promise<'resolved' | 'declined'>;

/**
 * Makes the function that does what somebody says of a half-way migration. Throws `NothingToResolve`
 * where the tenant has no such migration, `MigrationUnknown` where `down` is wanted of a migration
 * that the folder lacks, and what the database throws.
 */
export function createResolveTenant(dependencies: ResolveDependencies): ResolveTenant {
  const { databases, passwords, fenceWaitSeconds = 10 } = dependencies;
  return async (tenant, request) => {
    const login = loginToMigrate(tenant);
    const password = await passwords.open(login);
    return databases.using({ ...login.address, password }, async (database) => {
      checkOpen(await database.readState(), request);
      const { lockWaitTimeoutSeconds } = request;
      return database.usingFence(
        { waitSeconds: fenceWaitSeconds, lockWaitTimeoutSeconds },
        (fenced) => resolve(fenced, request),
      );
    });
  };
}

async function resolve(
  { state, statements, resolve: carryOut }: FencedDatabase,
  request: ResolveRequest,
): Promise<'resolved' | 'declined'> {
  const { kind, bundle, by, runId } = request;
  const id = checkOpen(state, request);
  const migration = bundle.migrations.find((candidate) => candidate.id === id);
  if (kind === 'revert' && migration === undefined) throw unknownMigration(id);
  if (!(await request.confirm(await statements(id)))) return 'declined';
  const newest = state.rows.at(-1);
  const extension = newest === undefined ? '.js' : splitMigrationName(newest.name).extension;
  const batch = state.rows.reduce((latest, row) => Math.max(latest, row.batch), 0) + 1;
  await carryOut({ kind, id, migration, name: `${id}${extension}`, batch, by, runId });
  return 'resolved';
}

/** The id of the migration that is meant, if it is half-way. */
function checkOpen({ open }: SchemaState, { migration }: ResolveRequest): string {
  const { id } = splitMigrationName(migration);
  if (open.some((each) => each.id === id)) return id;
  const others = [...new Set(open.map((each) => each.id))];
  throw new FanfoldError('NothingToResolve', `The migration ${id} does not stand half-way.`, {
    fault: 'usage',
    nextStep:
      others.length === 0
        ? 'Nothing has to be resolved: run the migrations.'
        : `Half-way in this tenant: ${others.join(', ')}.`,
  });
}

function unknownMigration(id: string): FanfoldError {
  return new FanfoldError('MigrationUnknown', `The folder has no migration ${id}.`, {
    fault: 'usage',
    nextStep: 'Run the build that has it, or take it back by hand and say --retry.',
  });
}
