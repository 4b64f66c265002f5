import type { Baseline } from '../../core/migrate/baseline-tenant.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { failureLines } from './failure-lines.ts';
import type { Look } from './look.ts';
import { printable } from './printable.ts';
import { wrapText } from './wrap-text.ts';

/** The result of recording the checksums of one tenant. */
export function baselineLines(baseline: Baseline, look: Look): string[] {
  const name = printable(baseline.tenant.slug);
  if (baseline.status === 'failed') {
    const { failure } = baseline;
    return [
      ...wrapText(`❌ ${name}: ${printable(failure.message)}`, look.width, '   ').map(
        look.palette.bad,
      ),
      ...failureLines(failure, look),
    ];
  }
  const { recorded } = baseline;
  return [
    recorded === 0
      ? `✅ ${name}: nothing to record`
      : `✅ ${name}: ${countOf(recorded, 'checksum')} recorded`,
  ];
}
