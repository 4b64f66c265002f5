import type { SerializedError } from 'vitest';
import type { Reporter, TestModule } from 'vitest/node';

/**
 * Ends the output with one plain line, `12 passed, 0 failed` or `12 passed, 0 failed, 1 skipped`,
 * for people and programs that read no more than that.
 */
export class PlainReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const line = summaryLine(modules, unhandledErrors.length);
    // At the very end: the other reporters and the teardown may still have something to say.
    process.once('exit', () => process.stdout.write(`\n${line}\n`));
  }
}

function summaryLine(modules: readonly TestModule[], unhandledErrors: number): string {
  const count = { passed: 0, failed: unhandledErrors, skipped: 0, pending: 0 };
  for (const module of modules) {
    let failedTests = 0;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      count[state] += 1;
      if (state === 'failed') failedTests += 1;
    }
    // A file that cannot be loaded, or whose hooks fail, has failed without a failed test.
    if (module.state() === 'failed' && failedTests === 0) count.failed += 1;
  }
  const skipped = count.skipped + count.pending;
  return `${count.passed} passed, ${count.failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
