import { defineConfig } from 'vitest/config';
import { PlainReporter } from './test/support/plain-reporter.ts';

/**
 * Coverage of the core by tests that need no server. The core decides what happens to a tenant's data, so
 * every file of it is reached by a fast test. `npm run check` runs this.
 */
export default defineConfig({
  test: {
    include: ['test/core/**/*.test.ts'],
    // They measure time and memory, which instrumented code has more of.
    exclude: ['test/core/list/id-set.test.ts', 'test/core/reduce/add-outcome.test.ts'],
    reporters: ['default', new PlainReporter()],
    testTimeout: 60_000,
    // As in vitest.config.ts.
    isolate: false,
    coverage: {
      enabled: true,
      provider: 'v8',
      include: ['src/core/**/*.ts'],
      // Constants, which the infrastructure and its tests import.
      exclude: [
        'src/core/wire/{lambda-names,operator-functions,probe-label,run-metrics,run-store-prefixes,shapes-label,stack-outputs}.ts',
      ],
      reporter: ['text-summary', 'json-summary'],
      reportsDirectory: 'node_modules/.cache/fanfold/coverage',
      reportOnFailure: true,
      thresholds: {
        ...{ lines: 97, statements: 96, functions: 96, branches: 91 },
        'src/core/**/*.ts': { lines: 30, perFile: true },
      },
    },
  },
});
