import type { Bundle } from '../../bundle/bundle.ts';
import { splitMigrationName } from '../../bundle/bundle.ts';
import type { SchemaState } from '../../schema-state.ts';
import { type Shape, shortFingerprint } from '../../shapes/shape.ts';
import { fewOf } from '../../wording/few-of.ts';
import type { RehearsalEvidence, ShapeEvidence } from '../rehearsal/evidence.ts';
import { type GatePlace, rehearsalMissing } from './rehearsal-missing.ts';

/** The parts of a tenant that the gate looks at. */
export interface GatedTenant {
  readonly shape: Shape;
  readonly state: SchemaState;
}

/** Decides by the evidence of a rehearsal which tenants may be migrated. */
export interface RehearsalGate {
  /** Whether the shape of a tenant with these recorded migrations counts: it has something pending, from its start. */
  concerns(state: SchemaState): boolean;
  /**
   * Why a tenant may not be migrated; `undefined` if it may: its shape went through all of its pending migrations in
   * a rehearsal that found nothing wrong. A half-applied migration must have been killed and resumed in the rehearsal
   * at a shape such as the tenant has now. A tenant with nothing pending needs no evidence, nor does a half-applied
   * rollback, which every run but that rollback refuses anyway.
   */
  refusal(tenant: GatedTenant): GateRefusal | undefined;
}

/** Why a tenant may not be migrated. */
export interface GateRefusal {
  /** A full sentence. */
  readonly reason: string;
  /** The half-applied migration that is the reason. Such a tenant is refused alone: it does not end the run. */
  readonly halfApplied?: string | undefined;
}

/** The parts of a rehearsal's evidence by which a gate decides. */
export type GateEvidence = Pick<RehearsalEvidence, 'bundle' | 'shapes' | 'resumable'>;

/** The migrations that a gate is about. */
export interface GateOf {
  /** The whole bundle. */
  readonly bundle: Bundle;
  /** The part of it that the run applies. */
  readonly wanted: Bundle;
  /** The evidence's name, for people. */
  readonly file: string;
  readonly place: GatePlace;
}

/**
 * The gate of a run.
 *
 * @throws FanfoldError `RehearsalMissing` if the evidence is about another bundle
 */
export function createRehearsalGate(
  evidence: GateEvidence,
  { bundle, wanted, file, place }: GateOf,
): RehearsalGate {
  if (evidence.bundle !== bundle.hash) {
    throw rehearsalMissing(
      `${file} is about the bundle ${evidence.bundle.slice(0, 12)}, and this one is ${bundle.hash.slice(0, 12)}: migrations were added or changed since the rehearsal.`,
      place,
    );
  }
  const pendingOf = ({ rows, open }: SchemaState) => {
    if (open[0]?.direction === 'down') return [];
    const applied = new Set(rows.map(({ name }) => splitMigrationName(name).id));
    return wanted.migrations.map(({ id }) => id).filter((id) => !applied.has(id));
  };
  return {
    concerns: (state) => pendingOf(state).length > 0,
    refusal({ shape, state }) {
      const pending = pendingOf(state);
      if (pending.length === 0) return undefined;
      const [open] = state.open;
      const { fingerprint } = shape;
      const name = shortFingerprint(fingerprint);
      if (open === undefined) {
        const reason = reasonOf(`The shape ${name}`, fingerprint, pending, evidence.shapes);
        return reason === undefined ? undefined : { reason };
      }
      const ofThis = (evidence.resumable ?? []).filter(({ migration }) => migration === open.id);
      const words = `The half-applied migration ${open.id} at the shape ${name}`;
      const reason = reasonOf(words, fingerprint, pending, ofThis);
      return reason === undefined ? undefined : { reason, halfApplied: open.id };
    },
  };
}

/** Why no evidence fits a shape with these pending migrations. */
function reasonOf(
  words: string,
  fingerprint: string,
  pending: readonly string[],
  evidence: readonly ShapeEvidence[],
): string | undefined {
  const rehearsed = evidence.filter((each) => each.fingerprint === fingerprint);
  if (rehearsed.length === 0) return `${words} was not rehearsed.`;
  const fitting = rehearsed.filter((each) => pending.every((id) => each.pending.includes(id)));
  if (fitting.length === 0) {
    const without = pending.filter((id) => !rehearsed.some((each) => each.pending.includes(id)));
    return `${words} was rehearsed without ${fewOf(without)}.`;
  }
  return fitting.every(({ result }) => result === 'wrong')
    ? `${words} was rehearsed, and something wrong was found.`
    : undefined;
}
