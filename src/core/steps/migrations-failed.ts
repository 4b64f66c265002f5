import { FanfoldError } from '../errors.ts';
import { TENANT_MIGRATIONS_FAILED } from '../wire/error-names.ts';
import type { ShortSummary } from '../wire/step-schemas.ts';
import { asSentence } from '../wording/as-sentence.ts';
import { countOf } from '../wording/count-of.ts';

/** Causes that the console's short text has room for. */
const MOST_CAUSES = 3;

/**
 * What an operator reads first in the console when tenants failed: how many, why, and where the
 * report is. One line, as the console shows it as JSON.
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

/** What SettleRun throws: a state that failed is what a redrive enters again. */
export function migrationsFailed(runId: string, message: string): FanfoldError {
  return new FanfoldError(TENANT_MIGRATIONS_FAILED, message, {
    fault: 'tenant',
    nextStep: howToGoOn(runId),
  });
}

/** What comes last in the words of an execution that failed for its tenants. */
export function howToGoOn(runId: string): string {
  return `Mend the causes; where a migration is at fault, correct it and deploy. Then press Redrive: only what is left runs again. After 14 days, or as a run of its own, start an execution with {"retryOf": "${runId}"}.`;
}
