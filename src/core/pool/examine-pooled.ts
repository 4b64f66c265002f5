import type { ErrorCode } from '../error-codes.ts';
import type { OwnFailure } from '../failure.ts';
import type { Provisioning } from '../provision/provisioning.ts';
import type { Tenant } from '../tenant.ts';
import { POOL_REQUEST } from './pool-request.ts';

/**
 * The state of a pooled database: `ready` to be handed out, `behind` and to be migrated, `unusable` and to be made anew,
 * which costs nothing because it has nobody's data, or `unknown` because it did not answer for a reason that may pass.
 */
export type PooledState =
  | { readonly is: 'ready' | 'behind' }
  | { readonly is: 'unusable' | 'unknown'; readonly why: string };

/** The database is gone, refuses its user, cannot be opened any more, or needs a decision of a person. */
const UNUSABLE: ReadonlySet<string> = new Set<ErrorCode>([
  'DatabaseMissing',
  'AccessDenied',
  'DatabaseAccessDenied',
  'AccountLocked',
  'PasswordWrongKey',
  'PasswordFormatInvalid',
  'EncryptionKeyUnknown',
  'HalfApplied',
  'MigrationsMissing',
  'SnapshotInterrupted',
]);

/** Whether a failure says that the database has to be made anew. */
export function isUnusable({ code }: Pick<OwnFailure, 'code'>): boolean {
  return UNUSABLE.has(code);
}

/** Asks a pooled database, as its own user, whether it can be handed out. Changes nothing and does not throw. */
export async function examinePooled(
  pooled: Tenant,
  { attemptTenant, bundle }: Pick<Provisioning, 'attemptTenant' | 'bundle'>,
): Promise<PooledState> {
  const plan = await attemptTenant(pooled, {
    runId: 'pool',
    bundle,
    request: { command: 'plan', ...POOL_REQUEST },
  });
  if (plan.status === 'failed') {
    const { failure } = plan;
    return { is: isUnusable(failure) ? 'unusable' : 'unknown', why: failure.message };
  }
  // A tenant that is made now would not have those migrations.
  const ahead = plan.notes.find(({ code }) => code === 'ahead');
  if (ahead !== undefined) return { is: 'unusable', why: ahead.message };
  return { is: plan.status === 'planned' && plan.pending.length === 0 ? 'ready' : 'behind' };
}
