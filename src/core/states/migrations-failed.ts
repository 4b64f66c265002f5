import { FanfoldError } from '../errors.ts';
import { TENANT_MIGRATIONS_FAILED } from '../wire/error-names.ts';
import type { ShortSummary } from '../wire/step-data.ts';
import { asSentence } from '../wording/as-sentence.ts';
import { countOf } from '../wording/count-of.ts';

/** Causes for which a text that is read in one line has room. */
const MOST_CAUSES = 3;

/**
 * The first text that an operator reads when tenants failed: how many, why, and where the report is. In
 * one line, because an execution shows it inside JSON.
 */
export function failedMessage({ runId, message, causes, report }: ShortSummary): string {
  const reasons = causes
    .slice(0, MOST_CAUSES)
    .map(({ tenants, code, message, nextStep, examples }) => {
      const more = tenants > examples.length ? ', …' : '';
      return `${countOf(tenants, 'tenant')} (${examples.join(', ')}${more}): ${code}: ${asSentence(message)} ${nextStep}`;
    });
  const numbered = reasons.map((reason, index) => `[${index + 1}] ${reason}`);
  const others = causes.length > MOST_CAUSES ? ['The other reasons are in the report.'] : [];
  return [`Run ${runId}: ${message}`, ...numbered, ...others, `Report: ${report}`].join(' ');
}

/** The error that SettleRun throws: a redrive enters the state that failed once more. */
export function migrationsFailed(message: string): FanfoldError {
  return new FanfoldError(TENANT_MIGRATIONS_FAILED, message, {
    fault: 'tenant',
    nextStep:
      'Fix the causes; if a migration is at fault, correct it and deploy. Then retry the run.',
  });
}
