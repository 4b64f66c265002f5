import { printable } from '../output/printable.ts';
import type { Screen } from '../output/screen.ts';
import type { Host } from '../process/host.ts';
import type { TenantLot } from '../tenants/tenant-lot.ts';
import { confirm } from './confirm.ts';

/**
 * Names the tenants that a change is about, and asks once for all of them. Tenants that were named one by
 * one need no question. Throws like {@link confirm}.
 */
export async function confirmLot(
  host: Host,
  screen: Screen,
  { words, count }: Pick<TenantLot, 'words' | 'count'>,
  question: string,
  yes: boolean | undefined,
): Promise<boolean> {
  if (words === undefined || count === 0) return true;
  screen.warn(printable(words));
  return yes === true || confirm(host, question);
}
