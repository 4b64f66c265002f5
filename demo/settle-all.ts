/**
 * Waits for all promises, and only then rejects with the first that did: unlike with `Promise.all`,
 * nothing is still running while the caller cleans up.
 */
export async function settleAll(promises: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(promises);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
