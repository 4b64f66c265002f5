import type { Bundle } from '../../bundle/bundle.ts';
import { splitMigrationName } from '../../bundle/bundle.ts';
import { FanfoldError } from '../../errors.ts';
import type { SchemaState } from '../../schema-state.ts';
import { type Shape, shortFingerprint } from '../../shapes/shape.ts';
import { countOf } from '../../wording/count-of.ts';
import type { RehearsalEvidence } from '../rehearsal/evidence.ts';

/** The parts of a tenant that the gate looks at. */
export interface GatedTenant {
  readonly shape: Shape;
  readonly state: SchemaState;
}

/** Decides by the evidence of a rehearsal which tenants may be migrated. */
export interface RehearsalGate {
  /**
   * Why a tenant may not be migrated; `undefined` if it may: its shape went through all of its pending migrations in
   * a rehearsal that found nothing wrong. A tenant with nothing pending, or with a migration that is half-applied and
   * resumes by its journal, needs no evidence.
   */
  refusal(tenant: GatedTenant): string | undefined;
}

/**
 * The gate of a run.
 *
 * @param bundle the whole bundle; `wanted` is the part that the run applies
 * @param file the evidence's name, for people
 * @throws FanfoldError `RehearsalMissing` if the evidence is about another bundle
 */
export function createRehearsalGate(
  evidence: RehearsalEvidence,
  { bundle, wanted, file }: { bundle: Bundle; wanted: Bundle; file: string },
): RehearsalGate {
  if (evidence.bundle !== bundle.hash) {
    throw rehearsalMissing(
      `${file} is about the bundle ${evidence.bundle.slice(0, 12)}, and this one is ${bundle.hash.slice(0, 12)}: migrations were added or changed since the rehearsal.`,
    );
  }
  return {
    refusal({ shape, state }) {
      const applied = new Set(state.rows.map(({ name }) => splitMigrationName(name).id));
      const pending = wanted.migrations.map(({ id }) => id).filter((id) => !applied.has(id));
      if (pending.length === 0 || state.open.length > 0) return undefined;
      const name = shortFingerprint(shape.fingerprint);
      const rehearsed = evidence.shapes.filter((each) => each.fingerprint === shape.fingerprint);
      if (rehearsed.length === 0) return `The shape ${name} was not rehearsed.`;
      const fitting = rehearsed.filter((each) => pending.every((id) => each.pending.includes(id)));
      if (fitting.length === 0) {
        const without = pending.filter(
          (id) => !rehearsed.some((each) => each.pending.includes(id)),
        );
        return `The shape ${name} was rehearsed without ${without.join(', ')}.`;
      }
      return fitting.every(({ result }) => result === 'wrong')
        ? `The rehearsal of the shape ${name} found something wrong.`
        : undefined;
    },
  };
}

/** Tenants of a run that may not be migrated, by the reason. */
export class Refusals {
  readonly #reasons = new Map<string, { tenants: number; named: string[] }>();

  add(reason: string, slug: string): void {
    const known = this.#reasons.get(reason) ?? { tenants: 0, named: [] };
    known.tenants += 1;
    known.named = [...known.named, slug].sort().slice(0, MOST_NAMED);
    this.#reasons.set(reason, known);
  }

  /** @throws FanfoldError `RehearsalMissing` that names each reason and its tenants */
  throwIfAny(): void {
    if (this.#reasons.size === 0) return;
    const texts = [...this.#reasons].slice(0, MOST_REASONS).map(([reason, { tenants, named }]) => {
      const more = tenants - named.length;
      return `${reason} ${countOf(tenants, 'tenant')}: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
    });
    const more = this.#reasons.size - texts.length;
    throw rehearsalMissing(
      [...texts, ...(more > 0 ? [`And ${countOf(more, 'more shape')}.`] : [])].join(' '),
    );
  }
}

const MOST_NAMED = 5;
const MOST_REASONS = 5;

function rehearsalMissing(message: string): FanfoldError {
  return new FanfoldError('RehearsalMissing', message, {
    fault: 'configuration',
    nextStep:
      'No tenant was touched. Export the shapes with `fanfold fleet:shapes --export <file>`, rehearse them with `fanfold migrate:rehearse --shapes <file> --evidence <file>`, then run again.',
  });
}
