import type { AskCentral } from './central-client.ts';
import type { ExaminedTenants } from './tenants/examine-tenants.ts';

/** The central database while it is connected: a way to query it, and what the examination found. */
export interface CentralSession extends ExaminedTenants {
  readonly ask: AskCentral;
}
