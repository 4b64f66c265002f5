import { FanfoldError } from '../../core/errors.ts';
import type { HalfAppliedReport } from '../../core/resolve/half-applied-report.ts';
import type { TenantRef } from '../../core/tenant.ts';
import { commandSpan } from '../../core/wording/command-span.ts';
import type { OfOptions } from '../options/of-options.ts';
import { halfAppliedLines, type WaysOutOf, wayOutLines } from '../output/half-applied-lines.ts';
import type { Screen } from '../output/screen.ts';

/** The number of printed reports that are remembered, so that each is printed once. */
const REMEMBERED = 100;

/**
 * Creates the function that shows the half-applied migrations of the tenants of a run. One in the same state
 * as that of an earlier tenant is not printed again; the commands are for all tenants of the lot. A
 * half-applied migration is thrown as the result of its tenant.
 */
export function createLotLook(
  { of, cause, aws }: OfOptions & { readonly of: string },
  screen: Screen,
): (tenant: Pick<TenantRef, 'slug'>, reports: readonly HalfAppliedReport[]) => string {
  const words = [
    of,
    ...(cause === undefined ? [] : ['--cause', String(cause)]),
    ...(aws === undefined ? [] : ['--aws', aws]),
  ];
  const all: WaysOutOf = {
    resolve: ['--of', ...words],
    retry: commandSpan('migrate:retry', ...words),
  };
  const printed = new Map<string, string>();
  return ({ slug }, reports) => {
    const alike = new Set<string>();
    for (const report of reports) {
      const key = standingOf(report);
      const first = printed.get(key);
      if (first !== undefined) {
        alike.add(first);
        continue;
      }
      if (printed.size < REMEMBERED) printed.set(key, slug);
      screen.print([
        ...halfAppliedLines(report, slug, screen.out),
        ...wayOutLines(report, all, screen.out),
      ]);
    }
    if (reports.length === 0) return 'no migration is half-applied';
    const names = reports.map(({ migration }) => migration).join(', ');
    const where =
      alike.size === 0 ? ': see above' : `, in the same state as in ${[...alike].join(', ')}`;
    throw new FanfoldError('HalfApplied', `${names} is half-applied${where}.`, {
      fault: 'tenant',
      nextStep: 'The commands above apply to all tenants in the same state.',
    });
  };
}

/** The whole state except the time of the last attempt. */
function standingOf({ migration, open, file, statements, ways }: HalfAppliedReport): string {
  return JSON.stringify([migration, [...open], file, statements, ways]);
}
