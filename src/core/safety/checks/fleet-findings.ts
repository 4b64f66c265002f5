import type { TenantRef } from '../../tenant.ts';
import type { DataAnswer, Effect } from './data-answer.ts';
import type { DataCheck } from './data-check.ts';

/** Tenants that a finding names. */
const MOST_NAMED = 10;

/** The answers of a fleet to one check. */
export interface FleetFinding {
  readonly check: DataCheck;
  /** Tenants that have such rows, by the reaction of their servers. */
  readonly found: Readonly<Record<Effect, number>>;
  /** Some of them, with their number of rows and the key of one. */
  readonly examples: readonly {
    readonly tenant: TenantRef;
    readonly count: number;
    readonly key: Extract<DataAnswer, { status: 'found' }>['key'];
  }[];
  /** Tenants in which the time was over. */
  readonly unfinished: number;
  /** Tenants whose server refused the question, and the reason of the first. */
  readonly refused: number;
  readonly why?: string | undefined;
}

/** A check that no tenant can be asked now. */
export interface BlockedCheck {
  readonly check: DataCheck;
  readonly tenants: number;
}

/** The answers of a fleet. Its size does not grow with the number of tenants. */
export interface FleetFindings {
  /** Tenants that were asked, and those that have rows of any kind. */
  readonly asked: number;
  readonly withRows: number;
  /** Tenants that could not be asked to the end. */
  readonly unread: number;
  /** Checks with rows, without an answer or without an end, in the order of the migrations. */
  readonly findings: readonly FleetFinding[];
  readonly blocked: readonly BlockedCheck[];
  /** Checks of which all tenants were free. */
  readonly clean: number;
  /** Pending migrations whose statements are not known. */
  readonly unchecked: readonly string[];
}

type Changing<Value> = { -readonly [Key in keyof Value]: Value[Key] };

/** Folds the answers of tenants as they come. */
export class FleetFindingsFold {
  readonly #findings = new Map<string, Changing<FleetFinding>>();
  readonly #blocked = new Map<string, Changing<BlockedCheck>>();
  readonly #unchecked = new Set<string>();
  #asked = 0;
  #withRows = 0;
  #unread = 0;

  /** A tenant's answers. */
  add(
    tenant: TenantRef,
    answers: readonly { readonly check: DataCheck; readonly answer: DataAnswer }[],
    isWhole: boolean,
  ): void {
    this.#asked += 1;
    if (!isWhole) this.#unread += 1;
    if (answers.some(({ answer }) => answer.status === 'found')) this.#withRows += 1;
    for (const { check, answer } of answers) this.#addAnswer(tenant, check, answer);
  }

  /** The checks of a tenant that cannot be asked now. */
  addBlocked(checks: readonly DataCheck[], unchecked: readonly string[]): void {
    for (const check of checks) {
      const known = this.#blocked.get(check.id) ?? { check, tenants: 0 };
      known.tenants += 1;
      this.#blocked.set(check.id, known);
    }
    for (const id of unchecked) this.#unchecked.add(id);
  }

  read(): FleetFindings {
    const all = [...this.#findings.values()];
    const isClean = ({ found, unfinished, refused }: FleetFinding) =>
      unfinished + refused + Object.values(found).reduce((sum, count) => sum + count, 0) === 0;
    return {
      asked: this.#asked,
      withRows: this.#withRows,
      unread: this.#unread,
      findings: all.filter((finding) => !isClean(finding)).sort(byPlace),
      blocked: [...this.#blocked.values()].sort(byPlace),
      clean: all.filter(isClean).length,
      unchecked: [...this.#unchecked].sort(),
    };
  }

  #addAnswer(tenant: TenantRef, check: DataCheck, answer: DataAnswer): void {
    const finding = this.#findings.get(check.id) ?? newFinding(check);
    this.#findings.set(check.id, finding);
    if (answer.status === 'unfinished') finding.unfinished += 1;
    if (answer.status === 'refused') {
      finding.refused += 1;
      finding.why ??= answer.why;
    }
    if (answer.status !== 'found') return;
    finding.found = { ...finding.found, [answer.effect]: finding.found[answer.effect] + 1 };
    const { count, key } = answer;
    const examples = [...finding.examples, { tenant, count, key }];
    finding.examples = examples
      .sort((one, other) => (one.tenant.slug < other.tenant.slug ? -1 : 1))
      .slice(0, MOST_NAMED);
  }
}

function newFinding(check: DataCheck): Changing<FleetFinding> {
  const found = { refuses: 0, changes: 0, deletes: 0, keeps: 0, unknown: 0 };
  return { check, found, examples: [], unfinished: 0, refused: 0 };
}

function byPlace(one: { readonly check: DataCheck }, other: { readonly check: DataCheck }): number {
  const [a, b] = [one.check, other.check];
  if (a.migration !== b.migration) return a.migration < b.migration ? -1 : 1;
  return a.statement - b.statement || (a.id < b.id ? -1 : 1);
}
