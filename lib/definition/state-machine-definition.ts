import { holdingStates } from './holding-states.ts';
import { listingStates } from './listing-states.ts';
import { MAP_LABEL } from './map-label.ts';
import { migrateTenantsState } from './migrate-tenants-state.ts';
import { openingStates } from './opening-states.ts';
import { probingStates } from './probing-states.ts';
import { reducingStates } from './reducing-states.ts';
import { DONE, settlingStates } from './settling-states.ts';
import { shapeStates } from './shape-states.ts';
import type { StateMachineTargets } from './state-machine-targets.ts';
import type { StateMachineDefinition } from './states-language.ts';

/** A round of a wave goes from ListTenants to SettleRun, which decides whether another one follows. */
export function stateMachineDefinition(targets: StateMachineTargets): StateMachineDefinition {
  return {
    Comment: 'Lists the tenants, migrates each in a child execution, and folds the outcomes.',
    QueryLanguage: 'JSONata',
    TimeoutSeconds: targets.timeoutSeconds,
    StartAt: 'OpenRun',
    States: {
      ...openingStates(targets),
      ...listingStates(targets),
      ...shapeStates(targets),
      ...probingStates(targets),
      [MAP_LABEL]: migrateTenantsState(targets),
      ...reducingStates(targets),
      ...settlingStates(targets),
      ...holdingStates(targets),
      Done: DONE,
    },
  };
}
