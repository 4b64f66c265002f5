import type { Bundle } from '../core/bundle/bundle.ts';
import type { ScratchServerFacts } from '../core/safety/recording.ts';
import type { RehearseOptions } from '../core/safety/rehearsal/rehearse-one.ts';
import { serverNotes } from '../core/safety/rehearsal/server-notes.ts';
import { shapesToRehearse } from '../core/safety/rehearsal/shapes-to-rehearse.ts';
import { DriftGroups } from '../core/shapes/drift/drift-groups.ts';
import type { ShapeGroups } from '../core/shapes/shape-groups.ts';
import { countOf } from '../core/wording/count-of.ts';
import type { App } from './app.ts';
import { EXIT } from './exit-codes.ts';
import { usingInterruption } from './interruption.ts';
import type { Screen } from './output/screen.ts';
import { fleetShapesLine } from './output/shape-lines.ts';
import { causeGroups } from './output/summary-lines.ts';
import {
  readShapeGroups,
  type ShapeGroupsOptions,
  type ShapeGroupsWiring,
} from './tenants/read-shape-groups.ts';
import type { ProcessWiring } from './wiring/wire-process.ts';

/** The shapes of a fleet from which a rehearsal starts. */
export interface FleetStarts extends Pick<RehearseOptions, 'shapes' | 'servers'> {
  /** Tenants whose shapes are not among them. */
  readonly unread: number;
  /** Why nothing can be rehearsed. */
  readonly exitCode?: number;
}

interface FleetStartsTerms {
  readonly screen: Screen;
  readonly scratch: ScratchServerFacts;
  readonly bundle: Bundle;
}

/** Reads the shapes of tenants for a rehearsal, and shows what could not be read. */
export async function readFleetStarts(
  { wiring, host }: App<ShapeGroupsWiring & ProcessWiring>,
  names: readonly string[],
  options: ShapeGroupsOptions,
  { screen, scratch, bundle }: FleetStartsTerms,
): Promise<FleetStarts> {
  const whenLeft = 'Nothing was changed, and nothing was rehearsed.';
  return usingInterruption({ host, screen, wiring, whenLeft }, async (signal) => {
    const byState = new DriftGroups(bundle);
    const { groups } = await readShapeGroups(wiring, names, options, {
      command: 'migrate:rehearse --from-fleet',
      screen,
      signal,
      onShape: (tenant, shape, state) => byState.add(tenant, shape, state),
    });
    const { shapes, halfApplied } = shapesToRehearse(byState.all(), bundle);
    const unread = groups.unreadable.counts.failed + groups.further + halfApplied;
    const starts = { shapes, servers: groups.servers(), unread };
    if (signal.aborted) {
      screen.warn(`Interrupted: ${whenLeft}`);
      return { ...starts, exitCode: EXIT.interrupted };
    }
    if (options.json === true) screen.print([fleetShapesLine(groups)]);
    else screen.print(foundLines(groups, screen));
    if (shapes.length === 0 && unread > 0) {
      screen.warn(
        'There is no tenant whose migrations can be rehearsed, so nothing was rehearsed.',
      );
      return { ...starts, exitCode: EXIT.failed };
    }
    if (halfApplied > 0) screen.warn(halfAppliedSentence(halfApplied));
    // Before the rehearsal, which another flavour may end.
    for (const note of serverNotes(starts.servers, scratch)) screen.warn(note);
    return starts;
  });
}

function foundLines(groups: ShapeGroups, { out }: Screen): string[] {
  const shapes = groups.all();
  const tenants = shapes.reduce((sum, each) => sum + each.tenants, 0);
  const { failed } = groups.unreadable.counts;
  return [
    `📐 ${countOf(shapes.length, 'shape')} of ${countOf(tenants, 'tenant')}`,
    ...(failed === 0
      ? []
      : [
          '',
          out.palette.bad(`❌ Not read: ${countOf(failed, 'tenant')}`),
          ...causeGroups(groups.unreadable, out, { rest: '--verbose lists each' }),
        ]),
    '',
  ];
}

function halfAppliedSentence(count: number): string {
  return `${countOf(count, 'tenant')} with a half-applied migration: the next run resumes it by its journal, which is not rehearsed.`;
}

/** The sentence about tenants whose shapes are not known, or were too many. */
export function unreadSentence(unread: number): string {
  return `${countOf(unread, 'tenant')} of the fleet ${unread === 1 ? 'is' : 'are'} not in this rehearsal: what the migrations do there is only known if another tenant has the same shape.`;
}
