import { describe, expect, test } from 'vitest';
import { probes, runProbe } from '../../tools/aws-local/probes/run-probe.mjs';

describe('the Step Functions part of aws-local', () => {
  test.each(probes)('probe: $id', async (probe) => {
    expect(await runProbe(probe)).toBe(true);
  });
});
