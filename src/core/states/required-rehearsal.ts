import type { GateEvidence } from '../safety/gate/rehearsal-gate.ts';
import type { ReadFleetShapesDependencies } from '../shapes/read-fleet-shapes.ts';

/** The evidence without which a deployment migrates no tenant, and how shapes are read to be held against it. */
export interface RequiredRehearsal {
  /** Throws `EvidenceInvalid`. */
  load(): Promise<{
    readonly evidence: GateEvidence;
    /** Its name, for people. */
    readonly file: string;
  }>;
  readonly reading: ReadFleetShapesDependencies;
}
