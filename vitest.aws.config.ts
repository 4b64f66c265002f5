import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { PlainReporter } from './test/support/plain-reporter.ts';

/** By name: what looks back over all scenarios stands in `zz-…`. */
class ByName extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((a, b) => a.moduleId.localeCompare(b.moduleId));
  }
}

/**
 * The real stack on an endpoint that speaks AWS. Not part of `npm test`: it takes minutes. The
 * scenarios share one deployment and its central database, so they run one after the other.
 */
export default defineConfig({
  test: {
    name: 'aws',
    include: ['test/aws/*.scenarios.ts'],
    globalSetup: ['test/aws/global-setup.ts'],
    reporters: ['default', new PlainReporter()],
    fileParallelism: false,
    sequence: { sequencer: ByName },
    testTimeout: 180_000,
    hookTimeout: 60_000,
  },
});
