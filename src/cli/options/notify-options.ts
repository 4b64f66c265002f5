import { type Command, Option } from 'commander';

/** Receivers of notifications about changes of the run's standing. */
export interface NotifyOptions {
  /** The address of a webhook, which may hold a token. */
  readonly notify?: string;
  readonly notifyCommand?: string;
}

/** Adds the receivers of notifications, to a command that changes tenants. */
export function addNotifyOptions(command: Command): Command {
  return command
    .optionsGroup('Notifications:')
    .addOption(
      new Option('--notify <url>', 'webhook to post each change of the run to').env(
        'FANFOLD_NOTIFY_URL',
      ),
    )
    .addOption(
      new Option(
        '--notify-command <command>',
        'shell command to run at each change of the run',
      ).env('FANFOLD_NOTIFY_COMMAND'),
    );
}
