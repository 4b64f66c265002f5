import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { PlainReporter } from './test/support/plain-reporter.ts';

/** Deployments that start runs and may fail come late; what looks back over all scenarios, last. */
const LAST = ['on-deploy', 'policies', 'secrets'];

/**
 * Scenarios of the full form alone, which deploy several times or wait for clocks. `.ci/run` without a part leaves
 * them out (`FANFOLD_AWS_FORM=short`).
 */
const LONG = [
  'changes',
  'demo',
  'digests',
  'idle',
  'limits',
  'many-migrations',
  'pool',
  'retries',
  'run-store',
];

class InOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) =>
      LAST.findIndex((name) => moduleId.endsWith(`/${name}.scenarios.ts`));
    return files.toSorted((a, b) => place(a) - place(b) || a.moduleId.localeCompare(b.moduleId));
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
    exclude:
      process.env.FANFOLD_AWS_FORM === 'short'
        ? LONG.map((name) => `test/aws/${name}.scenarios.ts`)
        : [],
    globalSetup: ['test/aws/global-setup.ts'],
    reporters: ['default', new PlainReporter()],
    fileParallelism: false,
    sequence: { sequencer: InOrder },
    // Some deploy four times, for which a machine that is busy with other things takes a minute each.
    testTimeout: 600_000,
    hookTimeout: 60_000,
  },
});
