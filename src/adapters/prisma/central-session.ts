import type { AskCentral } from './central-client.ts';
import type { ExaminedTenants } from './tenants/examine-tenants.ts';

/** The central database while it is connected: what it can be asked, and what was found in it. */
export interface CentralSession extends ExaminedTenants {
  readonly ask: AskCentral;
}
