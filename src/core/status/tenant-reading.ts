import type { StoredBackfill } from '../backfill/backfill-progress.ts';
import type { Failure } from '../failure.ts';
import type { Note } from '../outcome.ts';
import type { TenantRef } from '../tenant.ts';
import type { TenantStanding } from './tenant-standing.ts';

/** The result of reading one tenant's database. */
export type TenantReading =
  | {
      readonly status: 'read';
      readonly tenant: TenantRef;
      readonly standing: TenantStanding;
      readonly notes: readonly Note[];
      /** How far its pending backfills have come; absent if there are none. */
      readonly backfills?: readonly StoredBackfill[] | undefined;
    }
  | { readonly status: 'unreadable'; readonly tenant: TenantRef; readonly failure: Failure };
