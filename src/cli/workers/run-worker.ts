import { thrownText } from '../../core/text/thrown-text.ts';
import { EXIT } from '../exit-codes.ts';
import { usingMigrationCode } from '../migration-code.ts';
import { environmentOf } from '../options/config-options.ts';
import { Verbatim } from '../output/verbatim.ts';
import type { ProcessHost } from '../process/process-host.ts';
import { createWiring } from '../wiring/create-wiring.ts';

/**
 * The work of a thread: it loads the configuration and the migrations as the main thread has done, and attempts the
 * tenants that it is sent until it is ended. What migrations print goes to the main thread.
 */
export async function runWorker(host: ProcessHost): Promise<void> {
  const wiring = createWiring({ ...host.env });
  const main = await wiring.mainThread();
  process.on('uncaughtException', (error) => {
    main.fail(thrownText(error));
    host.leave(EXIT.defect);
  });
  try {
    const { options, json } = main.task;
    const strayErrors = await wiring.strayErrors();
    const print = (stream: 'out' | 'err') => (lines: readonly (string | Verbatim)[]) => {
      for (const line of lines) main.print(line instanceof Verbatim ? line.text : line, stream);
    };
    const screen = { print: print('out'), note: print('err'), warn: main.warn };
    await usingMigrationCode({ host, screen, strayErrors, json }, async () => {
      await wiring.loadProject(environmentOf(options));
      const bundle = await wiring.loadBundle(options);
      main.serve({ bundle, attemptTenant: await wiring.attemptTenant(options) });
      // The main thread ends it.
      await new Promise(() => {});
    });
  } catch (error) {
    main.fail(thrownText(error));
  }
}
