import * as z from 'zod';
import type { ShippedProject } from '../src/compose/project/shipped-project.ts';
import { compareWave } from '../src/core/states/compare-digests.ts';
import { readDigests } from '../src/core/states/read-digests.ts';
import {
  compareDigestsEventSchema,
  readDigestsEventSchema,
} from '../src/core/wire/step-schemas.ts';
import { createLambda, PRESS_REDRIVE } from './create-lambda.ts';
import { createLog } from './log.ts';
import type { ShippedMigration } from './shipped-bundle.ts';
import { type DigestWatcherWiring, wireDigestWatcher } from './wiring/wire-digest-watcher.ts';

const schema = z.discriminatedUnion('step', [readDigestsEventSchema, compareDigestsEventSchema]);

/** The states ReadDigests and CompareDigests. Their logs have counts and no statement. */
export const createHandler = (
  _migrations: readonly ShippedMigration[],
  project: ShippedProject = {},
  wire: () => Promise<DigestWatcherWiring> = () => wireDigestWatcher(process.env, project),
  log = createLog('watch-digests'),
) =>
  createLambda({
    again: () => PRESS_REDRIVE,
    log,
    wire,
    schema,
    about: ({ step, execution: { name }, round: { wave } }) => ({ step, runId: name, wave }),
    async run(event, { usingDirectory, store, read }) {
      switch (event.step) {
        case 'before':
          return usingDirectory((directory) => readDigests(event, { directory, store, read }));
        case 'compare':
          return usingDirectory((directory) => compareWave(event, { directory, store, read }));
      }
    },
    told: (result) =>
      'gate' in result
        ? { isWell: result.gate.digests?.isWell, compared: result.gate.digests?.compared }
        : { watched: result.watched },
  });
