import { Command, Option } from 'commander';
import type { ApprovalDecision } from '../../core/rollout/rollout.ts';
import type { App } from '../app.ts';
import { examples } from '../options/examples.ts';
import { addRunStoreOption, type RunStoreOptions } from '../options/setup-options.ts';
import type { DecideWiring } from '../runs/decision.ts';

interface Options extends RunStoreOptions {
  readonly why: string;
  readonly aws?: string;
}

/** `approve <run>`: lets the next wave of a run begin. */
export function approve(app: App<DecideWiring>): Command {
  return decision(app, 'approved', {
    name: 'approve',
    description:
      'Lets the next wave begin of a run that waits for an approval (--approval), in another process or on AWS. Who approved it and why are kept with the run.',
    why: '"looks fine"',
  });
}

/** `reject <run>`: ends a run before its next wave. */
export function reject(app: App<DecideWiring>): Command {
  return decision(app, 'rejected', {
    name: 'reject',
    description:
      'Ends a run that waits for an approval (--approval), in another process or on AWS. The tenants of the waves that were not started are left as they are; migrate:rollback-run rolls back the others. Who rejected it and why are kept with the run.',
    why: '"checkout is slow"',
  });
}

function decision(
  app: App<DecideWiring>,
  verdict: 'approved' | 'rejected',
  { name, description, why }: Record<'name' | 'description' | 'why', string>,
): Command {
  const command = new Command(name)
    .description(description)
    .argument('[run]', 'id of the run, or "last" for the newest that waits', 'last')
    .addOption(
      new Option('--why <text>', 'reason, for the record of the run').makeOptionMandatory(true),
    );
  return addRunStoreOption(command)
    .addOption(new Option('--aws <stack>', 'the run is one of this stack'))
    .addHelpText(
      'after',
      examples(
        `fanfold ${name} last --why ${why}`,
        `fanfold ${name} last --why ${why} --aws Fanfold`,
      ),
    )
    .action(
      app.action(async (run: string, options: Options) => {
        const { decide } = await import('../runs/decide.ts');
        return decide(app, run, {
          ...options,
          verdict: verdict satisfies ApprovalDecision['verdict'],
        });
      }),
    );
}
