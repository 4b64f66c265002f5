import { expect, inject, onTestFinished } from 'vitest';

/** Settings of the local endpoint that may be changed while it runs; the waits of a test run are short. */
export interface LocalSettings {
  readonly timeScale: number;
  readonly expressRuns: number;
  readonly expressSeconds: number;
}

const USUAL: LocalSettings = { timeScale: 0.01, expressRuns: 1, expressSeconds: 300 };

/** Changes settings of the local endpoint until the test ends. */
export async function setTimes(settings: Partial<LocalSettings>): Promise<void> {
  const set = (body: object) =>
    fetch(`${inject('aws').environment.AWS_ENDPOINT_URL}/_aws-local/settings`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
  onTestFinished(async () => {
    await set(USUAL);
  });
  expect((await set(settings)).status).toBe(200);
}
