import { appendFileSync } from 'node:fs';
import type { RunStop } from '../../core/events.ts';
import { annotationLines } from '../output/github-annotations.ts';
import { jobSummary } from '../output/job-summary.ts';
import type { Screen } from '../output/screen.ts';
import type { Host } from '../process/host.ts';
import type { RemoteEvent } from '../remote/remote-event.ts';

/** Whether this process is a step of GitHub Actions. */
export function isOnGitHub({ env }: Pick<Host, 'env'>): boolean {
  return env.GITHUB_ACTIONS === 'true';
}

/**
 * Makes a reporter also report the end of a run to GitHub Actions, if it runs there: failures as annotations
 * on standard error, which GitHub reads too, and the whole summary on the page of the job.
 */
export function reportToGitHub<Event extends { readonly type: string }>(
  report: (event: Event) => void,
  host: Host,
  screen: Screen,
): (event: Event) => void {
  if (!isOnGitHub(host)) return report;
  let stopped: RunStop | undefined;
  return (event) => {
    report(event);
    const known = event as { readonly type: string } as RemoteEvent;
    if (known.type === 'run-stopping') stopped = known;
    if (known.type !== 'run-finished') return;
    screen.note(annotationLines(known.summary, stopped));
    const file = host.env.GITHUB_STEP_SUMMARY;
    if (file === undefined || file === '') return;
    try {
      appendFileSync(file, jobSummary(known, stopped));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      screen.warn(`Note: the job summary could not be written (${code ?? error}).`);
    }
  };
}
