import type { EmbeddedServer } from '../src/adapters/local/embedded-server/contract.ts';
import type { Fanfold } from './fanfold.ts';
import type { Fleet } from './fleet.ts';
import type { Narrator } from './narrator.ts';

/** State that the steps of the story share. */
export interface Stage {
  readonly server: EmbeddedServer;
  readonly fleet: Fleet;
  readonly workspace: string;
  readonly fanfold: Fanfold;
  readonly narrator: Narrator;
  readonly signal: AbortSignal;
}
