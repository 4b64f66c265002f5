import { snapshotPath } from '../../compose/load-snapshot.ts';
import type { SnapshotServer, SnapshotSql } from '../../core/snapshot/snapshot-ports.ts';
import type { SnapshotSink } from '../../core/snapshot/snapshot-sink.ts';
import type { ScratchOptions } from '../options/scratch-options.ts';
import type { SetupOptions } from '../options/setup-options.ts';
import { usingScratch } from './using-scratch.ts';
import type { WiringContext } from './wiring-context.ts';

/** Making snapshots of the migrations. */
export interface SnapshotWiring {
  /** Hands a scratch server to `work`. With a central database, one that has a tenant's is refused. */
  usingSnapshotServer<Result>(
    options: SetupOptions & ScratchOptions,
    notice: (message: string) => void,
    work: (server: SnapshotServer, sql: SnapshotSql) => Promise<Result>,
  ): Promise<Result>;
  /** The path that was named, or that of the configuration. */
  snapshotPath(named: string | undefined): string;
  /** Opens the file of a snapshot, with the most bytes that it may have. */
  openSnapshotSink(path: string, limit: number): Promise<SnapshotSink>;
}

/** Wires the making of snapshots. */
export function wireSnapshot(context: WiringContext): SnapshotWiring {
  return {
    async usingSnapshotServer(options, notice, work) {
      const { snapshotSql } = await import('../../adapters/mysql/snapshot/snapshot-sql.ts');
      return usingScratch(options, context, notice, (server) => work(server, snapshotSql));
    },
    snapshotPath(named) {
      if (named !== undefined) return named;
      const project = context.project();
      return snapshotPath(project?.folder ?? '.', project?.section.provisioning);
    },
    async openSnapshotSink(path, limit) {
      const { openSnapshotSink } = await import('../../adapters/local/snapshot-file.ts');
      return openSnapshotSink(path, limit);
    },
  };
}
