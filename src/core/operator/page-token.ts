import { createHostHealth, type HostHealth } from '../migrate/host-health.ts';
import type { PageToken } from '../wire/operator-schemas.ts';

/** The health of the servers as the pages before have seen it. */
export function healthAfter(page: PageToken | undefined): HostHealth {
  const health = createHostHealth();
  for (const { host, failure } of page?.down ?? []) health.remember(host, failure);
  return health;
}

/** A token carries so many servers: one that is left out is merely tried again. */
const MOST_DOWN = 1_000;

/** The token of the page after that tenant; `undefined` if there is none. */
export function tokenOf(last: string | undefined, health: HostHealth): PageToken | undefined {
  if (last === undefined) return undefined;
  return { after: last, down: health.downHosts().slice(0, MOST_DOWN) };
}
