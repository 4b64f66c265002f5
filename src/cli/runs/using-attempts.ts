import type { Bundle } from '../../core/bundle/bundle.ts';
import type { AttemptTenant } from '../../core/migrate/attempt.ts';
import type { EnvironmentOptions } from '../options/config-options.ts';
import type { OutputOptions, SetupOptions } from '../options/setup-options.ts';
import type { Screen } from '../output/screen.ts';
import { Verbatim } from '../output/verbatim.ts';
import type { TenantsWiring } from '../wiring/wire-tenants.ts';
import type { WorkersWiring } from '../wiring/wire-workers.ts';

export interface AttemptsOptions extends SetupOptions, OutputOptions, EnvironmentOptions {
  /** Threads; undefined is the main thread alone. */
  readonly workers?: number | 'auto';
}

/** Hands `work` the function that attempts a tenant, in this thread or in some of their own, which end after it. */
export async function usingAttempts<Result>(
  wiring: Pick<TenantsWiring, 'attemptTenant'> &
    Pick<WorkersWiring, 'attemptWorkers' | 'threadsOfMachine'>,
  options: AttemptsOptions,
  { bundle, screen }: { readonly bundle: Bundle; readonly screen: Screen },
  work: (attemptTenant: AttemptTenant) => Promise<Result>,
): Promise<Result> {
  const { workers = 1, json = false } = options;
  const count = workers === 'auto' ? wiring.threadsOfMachine() : workers;
  // One thread beside the main one would only add the messages between them.
  if (count < 2) return work(await wiring.attemptTenant(options));
  const threads = await wiring.attemptWorkers(
    { options, json },
    {
      count,
      bundleHash: bundle.hash,
      onPrinted: (text, stream) => {
        if (stream === 'out') screen.print([new Verbatim(text)]);
        else screen.note([new Verbatim(text)]);
      },
      onWarned: (text) => screen.warn(text),
    },
  );
  try {
    return await work(threads.attemptTenant);
  } finally {
    await threads.close();
  }
}
