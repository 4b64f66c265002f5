import type { ControlStore } from '../../core/backfill/run-control.ts';
import type { FanOutDependencies } from '../../core/in-process/run-fan-out.ts';
import type { ApprovalStore } from '../../core/rollout/rollout.ts';
import type { RunStore } from '../../core/run-store.ts';
import type { RunStoreOptions } from '../options/setup-options.ts';

/** Runs in this process. */
export interface RunsWiring {
  /** The runs that were kept in a folder. */
  runStore(options: RunStoreOptions): Promise<RunStore & ApprovalStore & ControlStore>;
  /** The dependencies of a run that do not depend on its options. */
  fanOut(): Promise<Pick<FanOutDependencies, 'clock' | 'askWatch' | 'random' | 'renderReport'>>;
}

/** Wires runs in this process. */
export function wireRuns(): RunsWiring {
  return {
    async runStore({ runStore }) {
      const { createLocalRunStore } = await import('../../adapters/local/run-store.ts');
      return createLocalRunStore(runStore);
    },

    async fanOut() {
      const { systemClock } = await import('../../adapters/local/system-clock.ts');
      const { renderHtmlReport } = await import('../../adapters/report/html-report.ts');
      const { runWatchCommand } = await import('../../adapters/local/watch-command.ts');
      return {
        clock: systemClock,
        async askWatch(watch, signal) {
          return watch?.command === undefined
            ? { isWell: true }
            : runWatchCommand(watch.command, signal);
        },
        random: Math.random,
        renderReport: renderHtmlReport,
      };
    },
  };
}
