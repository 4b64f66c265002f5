// A Map Run: the child executions of one visit to a Distributed Map (Developer Guide: "Viewing a Distributed Map Run execution").
import { randomUUID } from 'node:crypto';

export const UNSUCCESSFUL = ['FAILED', 'TIMED_OUT', 'ABORTED'];
const COUNTERS = {
  PENDING: 'pending',
  RUNNING: 'running',
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  TIMED_OUT: 'timedOut',
  ABORTED: 'aborted',
  PENDING_REDRIVE: 'pendingRedrive',
};

export class MapRun {
  status = 'RUNNING';
  startDate = new Date();
  redriveCount = 0;
  failedItems = 0;
  resultsWritten = new Set();

  constructor({
    execution,
    label,
    stateName,
    maxConcurrency,
    toleratedFailureCount,
    toleratedFailurePercentage,
  }) {
    Object.assign(this, {
      execution,
      label: label ?? randomUUID(),
      stateName,
      maxConcurrency,
      toleratedFailureCount,
      toleratedFailurePercentage,
    });
    this.id = randomUUID();
    const machine = execution.stateMachineArn.replace(':stateMachine:', ':mapRun:');
    this.arn = `${machine}/${this.label}:${this.id}`;
    // children belong to their own state machine: "stateMachineName/MapRunLabel"
    this.childMachineArn = `${execution.stateMachineArn}/${this.label}`;
  }

  /**
   * "Setting failure thresholds for Distributed Map states": counted in items, failed or timed out; exceeded means more than
   * tolerated; if both are given, the first that is exceeded ends the run; by default nothing is tolerated.
   */
  get thresholdExceeded() {
    const failed = this.failedItems;
    if (!failed) return false;
    const { toleratedFailureCount: count, toleratedFailurePercentage: percentage } = this;
    if (count === undefined && percentage === undefined) return true;
    return (
      (count !== undefined && failed > count) ||
      (percentage !== undefined && (failed / this.itemTotal) * 100 > percentage)
    );
  }

  #countFailure(child) {
    if (child.status === 'FAILED' || child.status === 'TIMED_OUT')
      this.failedItems += child.itemCount;
  }

  set childExecutions(children) {
    this.children = children;
    this.itemTotal = children.reduce((sum, child) => sum + child.itemCount, 0);
  }

  /** Runs the children that are not settled, at most maxConcurrency at a time. Resolves when all have ended. */
  run(children, start, concurrencyCap, signal) {
    return new Promise((resolve) => {
      let next = 0;
      let running = 0;
      let stopped = false;
      this.failedItems = 0;
      for (const child of this.children) this.#countFailure(child);
      const stop = () => {
        stopped = true;
        for (const child of this.children) if (child.status === 'RUNNING') child.stop();
        if (!running) resolve();
      };
      const dispatch = () => {
        const cap = Math.min(this.maxConcurrency || Infinity, concurrencyCap);
        while (!stopped && next < children.length && running < cap) {
          running++;
          const child = children[next++];
          start(child).then(() => {
            running--;
            this.#countFailure(child);
            // "If the threshold is exceeded, the Map Run stops": running children are aborted, the others stay pending
            if (!stopped && this.thresholdExceeded) stop();
            else dispatch();
          });
        }
        if (!running && (stopped || next >= children.length)) resolve();
      };
      this.concurrencyChanged = dispatch;
      if (signal.aborted) return stop();
      signal.addEventListener('abort', stop, { once: true });
      dispatch();
    });
  }

  #counts(weight) {
    const counts = {
      ...Object.fromEntries(Object.values(COUNTERS).map((key) => [key, 0])),
      total: 0,
      resultsWritten: 0,
      failuresNotRedrivable: 0,
    };
    for (const child of this.children) {
      counts[COUNTERS[child.status]] += weight(child);
      counts.total += weight(child);
      if (this.resultsWritten.has(child)) counts.resultsWritten += weight(child);
    }
    return counts;
  }

  /** DescribeMapRun. */
  describe() {
    return {
      mapRunArn: this.arn,
      executionArn: this.execution.arn,
      status: this.status,
      startDate: this.startDate / 1000,
      stopDate: this.stopDate && this.stopDate / 1000,
      maxConcurrency: this.maxConcurrency,
      toleratedFailurePercentage: this.toleratedFailurePercentage ?? 0,
      toleratedFailureCount: this.toleratedFailureCount ?? 0,
      itemCounts: this.#counts((child) => child.itemCount),
      executionCounts: this.#counts(() => 1),
      redriveCount: this.redriveCount,
      redriveDate: this.redriveDate && this.redriveDate / 1000,
    };
  }

  close(status) {
    for (const child of this.children)
      if (child.status === 'PENDING_REDRIVE') child.status = child.statusBeforeRedrive;
    this.status = status;
    this.stopDate = new Date();
  }
}
