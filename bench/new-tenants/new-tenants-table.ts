import { median, valueAt } from '../statistics.ts';
import { textTable } from '../text-table.ts';
import type { NewTenantsSample } from './measure-new-tenants.ts';

/** How long new tenants took by each way, and how many times as fast as by the first one. */
export function newTenantsTable(samples: readonly NewTenantsSample[]): string {
  const [first] = samples;
  const rows = samples.map(({ title, milliseconds }) => [
    title,
    median(milliseconds).toFixed(0),
    valueAt(milliseconds, 0.99).toFixed(0),
    Math.max(...milliseconds).toFixed(0),
    (median(first?.milliseconds ?? []) / median(milliseconds)).toFixed(1),
  ]);
  return textTable(['a new tenant', 'median, ms', 'p99, ms', 'most, ms', 'times'], rows);
}
