import { keepHeapSmall } from '../../src/adapters/local/keep-heap-small.ts';
import { createLocalRunStore } from '../../src/adapters/local/run-store.ts';
import { systemClock } from '../../src/adapters/local/system-clock.ts';
import { usingCentralDatabase } from '../../src/adapters/prisma/central-database.ts';
import { renderHtmlReport } from '../../src/adapters/report/html-report.ts';
import { runFanOut } from '../../src/core/in-process/run-fan-out.ts';
import type { Attempt, AttemptTenant } from '../../src/core/migrate/attempt.ts';
import { parseRunRequest } from '../../src/core/wire/parse-run-request.ts';
import { LISTED_BUNDLE, type ListAndFoldResult, type ListAndFoldTask } from './measurement.ts';

// A separate process, because peak memory is counted by process: it runs the real fan-out over the real
// central database and the real run store, with tenants that answer at once.

const UNCHANGED: Attempt = { status: 'unchanged', notes: [] };
const FAILED: Attempt = {
  status: 'failed',
  applied: [],
  notes: [],
  failure: {
    code: 'AccessDenied',
    message: 'The server refused the login.',
    nextStep: 'Correct the password.',
    retryable: false,
    fingerprint: 'AccessDenied|1045||',
    errno: 1045,
  },
};

/** One tenant in a hundred fails, so that failures are grouped and a list of the failed tenants is written. */
function createInstantTenants(): AttemptTenant {
  let attempts = 0;
  return async () => {
    attempts += 1;
    return attempts % 100 === 0 ? FAILED : UNCHANGED;
  };
}

async function listAndFold({
  central,
  storeFolder,
  probe,
}: ListAndFoldTask): Promise<ListAndFoldResult> {
  const peakAtStartMb = peakMb();
  const startedAt = performance.now();
  const { summary, error } = await usingCentralDatabase({ login: central }, ({ directory }) =>
    runFanOut(
      { id: 'list-and-fold', request: parseRunRequest({ probe }), bundle: LISTED_BUNDLE },
      {
        directory,
        store: createLocalRunStore(storeFolder),
        attemptTenant: createInstantTenants(),
        report: () => {},
        renderReport: renderHtmlReport,
        clock: systemClock,
        random: Math.random,
      },
    ),
  );
  if (error !== undefined) throw error;
  return {
    listed: summary.total,
    unchanged: summary.counts.unchanged,
    failed: summary.counts.failed,
    seconds: (performance.now() - startedAt) / 1_000,
    peakMb: peakMb(),
    peakAtStartMb,
  };
}

/** `maxRSS` is in kilobytes. */
function peakMb(): number {
  return process.resourceUsage().maxRSS / 1_024;
}

// As the command line does.
keepHeapSmall();

process.once('message', async (task: ListAndFoldTask) => {
  process.send?.(await listAndFold(task));
  process.disconnect();
});
