import type { GateEvidence } from '../safety/gate/rehearsal-gate.ts';
import type { FindHostReader } from '../shapes/host-readers.ts';
import type { ReadFleetShapesDependencies } from '../shapes/read-fleet-shapes.ts';

/** The evidence without which a deployment migrates no tenant, and how shapes are read to be held against it. */
export interface RequiredRehearsal {
  /** Throws `EvidenceInvalid`. */
  load(): Promise<{
    readonly evidence: GateEvidence;
    /** Its name, for people. */
    readonly file: string;
  }>;
  /** Reads a tenant alone, before its attempt, without any secret but its own. */
  readonly reading: ReadFleetShapesDependencies;
  /** The logins with which many tenants of a server are read together. Throws if a secret cannot be read. */
  loadHostReaders(): Promise<FindHostReader>;
}
