import type { NotificationChannel } from '../../core/notify/create-teller.ts';
import type { NotifyOptions } from '../options/notify-options.ts';
import type { WiringContext } from './wiring-context.ts';

/** Receivers of notifications. */
export interface NotificationsWiring {
  /** Throws `NotifyUrlInvalid`. */
  channels(options: NotifyOptions): Promise<readonly NotificationChannel[]>;
}

/** Wires the receivers of notifications. */
export function wireNotifications({ env }: Pick<WiringContext, 'env'>): NotificationsWiring {
  return {
    async channels({ notify, notifyCommand }) {
      const channels: NotificationChannel[] = [];
      if (notify !== undefined && notify !== '') {
        const { createWebhook } = await import('../../adapters/local/notify/webhook.ts');
        channels.push(createWebhook(notify));
      }
      if (notifyCommand !== undefined && notifyCommand !== '') {
        const { createNotifyCommand } = await import('../../adapters/local/notify/command.ts');
        channels.push(createNotifyCommand(notifyCommand, env));
      }
      return channels;
    },
  };
}
