import { countOf } from '../../wording/count-of.ts';
import { type GatePlace, rehearsalMissing } from './rehearsal-missing.ts';

/** Tenants that may not be migrated for the same reason. */
export interface Refusal {
  /** A full sentence. */
  readonly reason: string;
  readonly tenants: number;
  /** The first slugs in order. */
  readonly named: readonly string[];
}

/** Tenants of a run that may not be migrated, by the reason. */
export class Refusals {
  readonly #byReason = new Map<string, Refusal>();

  add({ reason, tenants, named }: Refusal): void {
    const known = this.#byReason.get(reason);
    this.#byReason.set(reason, {
      reason,
      tenants: tenants + (known?.tenants ?? 0),
      named: [...named, ...(known?.named ?? [])].sort().slice(0, MOST_NAMED),
    });
  }

  list(): Refusal[] {
    return [...this.#byReason.values()];
  }

  /** @throws FanfoldError `RehearsalMissing` that names each reason and its tenants */
  throwIfAny(place: GatePlace): void {
    if (this.#byReason.size === 0) return;
    const frequent = this.list().sort((one, other) => other.tenants - one.tenants);
    const texts = frequent.slice(0, MOST_REASONS).map(({ reason, tenants, named }) => {
      const more = tenants - named.length;
      return `${reason} ${countOf(tenants, 'tenant')}: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
    });
    const more = frequent.length - texts.length;
    throw rehearsalMissing(
      [...texts, ...(more > 0 ? [`And ${countOf(more, 'more shape')}.`] : [])].join(' '),
      place,
    );
  }
}

const MOST_NAMED = 5;
const MOST_REASONS = 5;
