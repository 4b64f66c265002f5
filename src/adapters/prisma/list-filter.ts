import type { TenantFilter } from '../../core/ports.ts';
import type { TenantStatus } from '../../core/tenant.ts';

/** Which ids are listed, with the status that a filter may leave out. */
export type ListFilter = TenantFilter & { readonly status: TenantStatus };
