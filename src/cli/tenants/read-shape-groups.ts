import type { SchemaState } from '../../core/schema-state.ts';
import { readFleetShapes } from '../../core/shapes/read-fleet-shapes.ts';
import type { Shape } from '../../core/shapes/shape.ts';
import { ShapeGroups } from '../../core/shapes/shape-groups.ts';
import type { ShapeReading } from '../../core/shapes/shape-source.ts';
import { type Tenant, type TenantRef, tenantRef } from '../../core/tenant.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import type { ConnectionSetupOptions } from '../options/connection-options.ts';
import { CONCURRENCY } from '../options/run-options.ts';
import type { OutputOptions, SetupOptions } from '../options/setup-options.ts';
import { jsonLine } from '../output/json-line.ts';
import { printable } from '../output/printable.ts';
import { createProgressMeter } from '../output/progress.ts';
import { progressLine } from '../output/progress-line.ts';
import type { Screen } from '../output/screen.ts';
import { wrapText } from '../output/wrap-text.ts';
import type { CentralWiring } from '../wiring/wire-central.ts';
import type { ProcessWiring } from '../wiring/wire-process.ts';
import type { ShapesWiring } from '../wiring/wire-shapes.ts';
import { ALL, namedOrAll } from './named-or-all.ts';

/** The parts of the program that reading the shapes of tenants takes. */
export type ShapeGroupsWiring = CentralWiring &
  Pick<ProcessWiring, 'now'> &
  Pick<ShapesWiring, 'shapeReading'>;

/** Which tenants are read, and how. */
export interface ShapeGroupsOptions
  extends ConnectionSetupOptions,
    Pick<SetupOptions, 'tableName'>,
    OutputOptions {
  readonly concurrency?: number | undefined;
  readonly hosts?: readonly string[] | undefined;
}

/** The command that reads, and its screen. */
export interface ShapeGroupsTerms {
  readonly command: string;
  readonly screen: Screen;
  readonly signal: AbortSignal;
  /** Called for tenants whose shapes are kept; then their recorded migrations are read too. */
  readonly onShape?: (tenant: TenantRef, shape: Shape, state: SchemaState) => void;
}

/** Reads the shapes of the named tenants, or of every ACTIVE one, in read-only sessions, and groups them. */
export async function readShapeGroups(
  wiring: ShapeGroupsWiring,
  names: readonly string[],
  options: ShapeGroupsOptions,
  { command, screen, signal, onShape }: ShapeGroupsTerms,
): Promise<{ readonly groups: ShapeGroups; readonly total: number }> {
  const { json = false, verbose = false, hosts, concurrency = CONCURRENCY } = options;
  const reading = await wiring.shapeReading(options);
  const meter = createProgressMeter(wiring.now);
  const groups = new ShapeGroups();
  const onReading = (tenant: Tenant, found: ShapeReading) => {
    const ref = tenantRef(tenant);
    meter.finished(found.status === 'unreadable');
    if (found.status === 'read') {
      const { further } = groups;
      groups.add(ref, found.shape);
      if (groups.further === further && found.state !== undefined) {
        onShape?.(ref, found.shape, found.state);
      }
    } else groups.addUnreadable(ref, found.failure);
    if (json) screen.print([tenantLine(tenant, found)]);
    else if (verbose && found.status === 'unreadable') {
      const line = printable(`❌ ${ref.slug}: ${found.failure.message}`);
      screen.print(wrapText(line, screen.out.width, '   '));
    }
  };
  const total = await wiring.usingCentral(options, async ({ directory }) => {
    const all = names.length === 0 ? [ALL] : names;
    const chosen = await namedOrAll(directory, all, { hosts, command });
    const count = await chosen.count();
    if (!json) screen.print([`📋 Found ${formatCount(count)} tenant(s) to read`]);
    meter.start(count);
    if (count > 0) screen.showProgress((look) => progressLine(meter.read(), look));
    const terms = { concurrency, signal, withState: onShape !== undefined };
    await readFleetShapes(chosen.tenants, terms, reading, onReading);
    return count;
  });
  screen.hideProgress();
  return { groups, total };
}

function tenantLine(tenant: Tenant, found: ShapeReading) {
  const of = { type: 'tenant-shape', tenant: tenantRef(tenant) };
  return found.status === 'read'
    ? jsonLine({ ...of, fingerprint: found.shape.fingerprint })
    : jsonLine({ ...of, failure: found.failure });
}
