import type { SerializedError } from 'vitest';
import type { Reporter, TestModule } from 'vitest/node';

/**
 * Ends the output with one plain line, `12 passed, 0 failed` or `12 passed, 0 failed, 1 skipped`,
 * for people and programs that read no more than that. Tests that passed only when they were run again
 * are named before it, so that nobody gets used to them.
 */
export class PlainReporter implements Reporter {
  private count = { passed: 0, failed: 0, skipped: 0, pending: 0 };
  private readonly again: string[] = [];

  onInit(): void {
    // At the very end: the other reporters and the teardown may still have something to say.
    process.once('exit', () => {
      process.stdout.write(`\n${[...this.again, this.line()].join('\n')}\n`);
    });
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    this.count = { passed: 0, failed: unhandledErrors.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      const failedBefore = this.count.failed;
      for (const test of module.children.allTests()) {
        this.count[test.result().state] += 1;
        if (test.diagnostic()?.flaky) {
          this.again.push(`Passed when run again: [${test.project.name}] ${test.fullName}`);
        }
      }
      // A file that cannot be loaded, or whose hooks fail, has failed without a failed test.
      if (module.state() === 'failed' && this.count.failed === failedBefore) this.count.failed += 1;
    }
  }

  private line(): string {
    const { passed, failed, skipped, pending } = this.count;
    // A global setup that fails ends the run without a single test.
    const failures = failed === 0 && process.exitCode ? 1 : failed;
    const missing = skipped + pending;
    return `${passed} passed, ${failures} failed${missing > 0 ? `, ${missing} skipped` : ''}`;
  }
}
