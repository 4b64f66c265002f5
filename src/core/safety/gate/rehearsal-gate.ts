import type { Bundle } from '../../bundle/bundle.ts';
import { splitMigrationName } from '../../bundle/bundle.ts';
import type { SchemaState } from '../../schema-state.ts';
import { type Shape, shortFingerprint } from '../../shapes/shape.ts';
import { fewOf } from '../../wording/few-of.ts';
import type { RehearsalEvidence } from '../rehearsal/evidence.ts';
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
   * a rehearsal that found nothing wrong. A tenant with nothing pending, or with a migration that is half-applied and
   * resumes by its journal, needs no evidence.
   */
  refusal(tenant: GatedTenant): string | undefined;
}

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
  evidence: Pick<RehearsalEvidence, 'bundle' | 'shapes'>,
  { bundle, wanted, file, place }: GateOf,
): RehearsalGate {
  if (evidence.bundle !== bundle.hash) {
    throw rehearsalMissing(
      `${file} is about the bundle ${evidence.bundle.slice(0, 12)}, and this one is ${bundle.hash.slice(0, 12)}: migrations were added or changed since the rehearsal.`,
      place,
    );
  }
  const pendingOf = ({ rows, open }: SchemaState) => {
    if (open.length > 0) return [];
    const applied = new Set(rows.map(({ name }) => splitMigrationName(name).id));
    return wanted.migrations.map(({ id }) => id).filter((id) => !applied.has(id));
  };
  return {
    concerns: (state) => pendingOf(state).length > 0,
    refusal({ shape, state }) {
      const pending = pendingOf(state);
      if (pending.length === 0) return undefined;
      const name = shortFingerprint(shape.fingerprint);
      const rehearsed = evidence.shapes.filter((each) => each.fingerprint === shape.fingerprint);
      if (rehearsed.length === 0) return `The shape ${name} was not rehearsed.`;
      const fitting = rehearsed.filter((each) => pending.every((id) => each.pending.includes(id)));
      if (fitting.length === 0) {
        const without = pending.filter(
          (id) => !rehearsed.some((each) => each.pending.includes(id)),
        );
        return `The shape ${name} was rehearsed without ${fewOf(without)}.`;
      }
      return fitting.every(({ result }) => result === 'wrong')
        ? `The rehearsal of the shape ${name} found something wrong.`
        : undefined;
    },
  };
}
