import type { AllowedFinding, RehearsalFinding } from './rehearsal.ts';
import type { RehearsalContext } from './rehearsal-context.ts';
import { REHEARSAL_RULES, type RehearsalRuleName, severityOf } from './rehearsal-rules.ts';

type Terms = Pick<RehearsalContext, 'severities' | 'allowed' | 'migration'>;

/** Collects the findings about one migration. */
export class FindingsList {
  readonly findings: RehearsalFinding[] = [];
  /** Findings that somebody has allowed. */
  readonly allowed: AllowedFinding[] = [];
  readonly #terms: Terms;
  readonly #rules = new Set<RehearsalRuleName>();

  constructor(terms: Terms) {
    this.#terms = terms;
  }

  /** Adds a finding, unless its rule is off. */
  add(
    rule: RehearsalRuleName,
    details: readonly string[],
    more: Partial<Pick<RehearsalFinding, 'statement' | 'change'>> = {},
  ): void {
    this.#rules.add(rule);
    const { severities, allowed, migration } = this.#terms;
    const severity = severityOf(rule, severities);
    if (severity === 'off') return;
    const { finds, change } = REHEARSAL_RULES[rule];
    const message = `The migration ${finds}.`;
    const finding = { rule, severity, migration: migration.id, message, details, change, ...more };
    const reason = allowed.get(migration.id)?.get(rule);
    if (reason === undefined) this.findings.push(finding);
    else this.allowed.push({ ...finding, reason });
  }

  /** Whether something was found by one of these rules, also if it is off or allowed. */
  has(...rules: readonly RehearsalRuleName[]): boolean {
    return rules.some((rule) => this.#rules.has(rule));
  }
}
